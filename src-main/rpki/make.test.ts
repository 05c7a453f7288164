import { createPrivateKey, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { parseCrl } from '../x509/crl.ts';
import { keyId } from '../x509/public-key.ts';
import { Faults } from './fault.ts';
import { judgeObject } from './judge.ts';
import { makeCrl } from './make-crl.ts';
import { makeAnchor, makeAuthority, makeIdentity, makeObjectSigner, type Sign } from './make-certificate.ts';
import { makeManifestContent } from './make-manifest.ts';
import { makeMessage } from './make-message.ts';
import { makeSignedObject } from './make-signed-object.ts';
import { MANIFEST_OID } from './manifest.ts';
import { openMessage } from './message.ts';
import { rangesOf } from './ranges.ts';
import { resourceCrl } from './resource-crl.ts';
import { readAsn, readIp } from './resource-text.ts';

const KRILL = 'krill-ta/krill-0.16.1';
const TA_KEY = '026068212668CFBB3C20AF7005F73972068950FE';
const ID_KEY = '959D45B478B62F7CAC050C8D3B5F4C5F300F28A9';
const ALL = {
  asn: rangesOf([{ min: 0n, max: 0xffff_ffffn }]),
  ipv4: rangesOf([{ min: 0n, max: 0xffff_ffffn }]),
  ipv6: rangesOf([{ min: 0n, max: 2n ** 128n - 1n }]),
};
const BASE = 'rsync://localhost/repo/';
const NOTIFY = 'https://localhost:3900/rrdp/notification.xml';

const file = (name: string): Buffer => readFileSync(vectorPath(`${KRILL}/${name}`));
const json = (name: string): Record<string, never> =>
  JSON.parse(file(name).toString('utf8')) as Record<string, never>;

/** A key that krillta keeps: a JSON text with base64 of a PKCS#1 private key. */
function signer(id: string): Sign {
  const key = createPrivateKey({
    key: Buffer.from(json(`signer-store/keys/${id}`) as unknown as string, 'base64'),
    format: 'der',
    type: 'pkcs1',
  });
  return (data) => Promise.resolve(signWith('sha256', data, key));
}

const octets = (hexText: string): Uint8Array => Uint8Array.from(Buffer.from(hexText, 'hex'));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

// PKCS#1 v1.5 signatures are deterministic: with Krill's own keys the same content is the same file.
test("a trust anchor certificate of Krill's content is Krill's file, octet for octet", async () => {
  const krill = file('ta.cer');
  const old = parseCertificate(krill);
  const made = await makeAnchor(
    { serial: octets(old.serial), keyId: TA_KEY, spkiDer: old.spkiDer, validity: old },
    { repository: BASE, manifest: `${BASE}${TA_KEY}.mft`, notify: NOTIFY },
    ALL,
    signer(TA_KEY),
  );
  expect(hexOf(made)).toBe(hexOf(krill));
});

test("an identity certificate of Krill's content is Krill's file", async () => {
  const info = json('setup/signer-info.json') as unknown as { id: { base64: string } };
  const krill = Buffer.from(info.id.base64, 'base64');
  const old = parseCertificate(krill);
  const made = await makeIdentity({ keyId: ID_KEY, spkiDer: old.spkiDer, validity: old }, signer(ID_KEY));
  expect(hexOf(made)).toBe(hexOf(krill));
});

test.each(['1332F530DA448AD1D94FDA4B0A1ED73D18928085', 'B1AA85713B366BC2FDEF14C43DD5F5E4C887FD30'])(
  "a child's certificate %s is Krill's file",
  async (child) => {
    const krill = file(`repository/${child}.cer`);
    const old = parseCertificate(krill);
    const exchanges = json('exchanges/exchanges.json') as unknown as {
      response: {
        response: {
          objects: { issued: Record<string, { resources: Record<'asn' | 'ipv4' | 'ipv6', string> }> };
        };
      };
    }[];
    const issued = exchanges.findLast((one) => one.response.response.objects.issued[child])?.response.response
      .objects.issued[child];
    const { resources } = issued ?? { resources: { asn: '', ipv4: '', ipv6: '' } };
    const name = child.startsWith('1332') ? 'online' : 'second';
    const made = await makeAuthority(
      { serial: octets(old.serial), issuerKeyId: TA_KEY, keyId: child, spkiDer: old.spkiDer, validity: old },
      { repository: `${BASE}${name}/0/`, manifest: `${BASE}${name}/0/${child}.mft`, notify: NOTIFY },
      { crlUri: `${BASE}${TA_KEY}.crl`, certificateUri: 'rsync://localhost/ta/ta.cer' },
      {
        asn: readAsn(resources.asn),
        ipv4: readIp(resources.ipv4, 'ipv4'),
        ipv6: readIp(resources.ipv6, 'ipv6'),
      },
      signer(TA_KEY),
    );
    expect(hexOf(made)).toBe(hexOf(krill));
  },
);

test("a CRL of Krill's content is Krill's file, with and without entries", async () => {
  const info = json('setup/signer-info.json') as unknown as { objects: { crl: { base64: string } } };
  for (const krill of [file(`repository/${TA_KEY}.crl`), Buffer.from(info.objects.crl.base64, 'base64')]) {
    const old = parseCrl(krill);
    const { number } = resourceCrl(krill, new Faults());
    const made = await makeCrl(
      {
        issuerKeyId: TA_KEY,
        thisUpdate: old.thisUpdate,
        nextUpdate: old.nextUpdate ?? new Date(0),
        number: number ?? 0n,
        revoked: old.entries.map(({ serial, revokedAt }) => ({ serial: octets(serial), at: revokedAt })),
      },
      signer(TA_KEY),
    );
    expect(hexOf(made)).toBe(hexOf(krill));
  }
});

function oneOff(): { keyId: string; spkiDer: Uint8Array; sign: Sign } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const spkiDer = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
  return {
    keyId: keyId(spkiDer),
    spkiDer,
    sign: (data) => Promise.resolve(signWith('sha256', data, privateKey)),
  };
}

const NOW = new Date('2026-11-24T10:00:00Z');
const LATER = new Date('2027-02-16T10:00:00Z');

test('a manifest made here is judged right by the validator', async () => {
  const key = oneOff();
  const ta = file('ta.cer');
  const validity = { notBefore: NOW, notAfter: LATER };
  const content = makeManifestContent({
    number: 12n,
    thisUpdate: NOW,
    nextUpdate: LATER,
    files: [
      { name: 'b.cer', der: Buffer.from('b') },
      { name: `${TA_KEY}.crl`, der: Buffer.from('a') },
    ],
  });
  const certificateDer = await makeObjectSigner(
    { serial: octets('11'), issuerKeyId: TA_KEY, keyId: key.keyId, spkiDer: key.spkiDer, validity },
    `${BASE}${TA_KEY}.mft`,
    { asn: 'inherit', ipv4: 'inherit', ipv6: 'inherit' },
    { crlUri: `${BASE}${TA_KEY}.crl`, certificateUri: 'rsync://localhost/ta/ta.cer' },
    signer(TA_KEY),
  );
  const made = await makeSignedObject(
    { contentType: MANIFEST_OID, content, certificateDer, keyId: key.keyId, crlDer: null, signingTime: NOW },
    key.sign,
  );
  const at = new Date('2026-12-01T00:00:00Z');
  expect(judgeObject(made, { issuerDer: ta, anchor: false, at })).toEqual({
    kind: 'signed object',
    faults: [],
  });
});

test('a message made here opens, and only for its identity and in its time', async () => {
  const content = Buffer.from('{}');
  const identity = parseCertificate(
    Buffer.from(
      (json('setup/signer-info.json') as unknown as { id: { base64: string } }).id.base64,
      'base64',
    ),
  );
  const made = await makeMessage(
    content,
    { keyId: ID_KEY, certificate: signer(ID_KEY), crl: signer(ID_KEY) },
    oneOff(),
    {
      now: NOW,
      notBefore: NOW,
      notAfter: LATER,
      serial: octets('07'),
    },
  );
  const opened = (spki: Uint8Array, at: Date): string[] => {
    const faults = new Faults();
    openMessage(made, spki, at, faults);
    return faults.found.map(({ text }) => text);
  };
  expect(opened(identity.spkiDer, NOW)).toEqual([]);
  expect(opened(oneOff().spkiDer, NOW).join(' ')).toMatch(/another identity/);
  expect(opened(identity.spkiDer, new Date('2028-01-01T00:00:00Z')).join(' ')).toMatch(/it ended/);
});
