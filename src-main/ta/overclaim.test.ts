import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { judgeObject } from '../rpki/judge.ts';
import { keyIdName, makeAuthority } from '../rpki/make-certificate.ts';
import { readIp } from '../rpki/resource-text.ts';
import { missingPeers } from '../testing/peers.ts';
import { testKey, type TestKey } from '../testing/test-proxy.ts';
import { fort, type Repository, rpkiClient, routinator } from '../testing/validators.ts';
import type { CertInfo, TaObjects } from './objects.ts';
import { makeIdentityOf, makeTrustAnchor } from './signer/make-trust-anchor.ts';
import { publish, serialOf, weeksLater } from './signer/publish.ts';
import type { Signing } from './signer/signing.ts';
import { talText } from './signer/signer-view.ts';
import { DEFAULT_TIMING } from './signer/trust-anchor.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baleen-overclaim-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const BASE = 'rsync://localhost/repo/';
const NOW = new Date();
const END = new Date(NOW.getTime() + 30 * 86_400_000);
const serial = (): Uint8Array => Uint8Array.from([0x40, ...randomBytes(19)]);

function signingOf(key: TestKey): Signing {
  const both = { certificate: key.sign, crl: key.sign };
  return { ta: both, identity: { keyId: key.keyId, ...both }, oneOff: (use) => use(testKey()), serial };
}

/** The certificate of `subject` below `issuer`, which publishes at `issuerBase`. */
async function certify(
  issuer: { key: TestKey; base: string; certificateUri: string },
  subject: { key: TestKey; base: string; ipv4: string },
): Promise<CertInfo> {
  const resources = { asn: [], ipv4: readIp(subject.ipv4, 'ipv4'), ipv6: [] };
  const number = serial();
  const { key, base } = subject;
  const rpkiManifest = `${base}${key.keyId}.mft`;
  const der = await makeAuthority(
    {
      serial: number,
      issuerKeyId: issuer.key.keyId,
      keyId: key.keyId,
      spkiDer: key.spkiDer,
      validity: { notBefore: new Date(NOW.getTime() - 300_000), notAfter: END },
    },
    { repository: base, manifest: rpkiManifest, notify: null },
    { crlUri: `${issuer.base}${issuer.key.keyId}.crl`, certificateUri: issuer.certificateUri },
    resources,
    issuer.key.sign,
  );
  return {
    uri: `${issuer.base}${key.keyId}.cer`,
    resources,
    limit: {},
    notBefore: NOW.toISOString(),
    notAfter: END.toISOString(),
    serial: serialOf(number),
    caRepository: base,
    rpkiManifest,
    rpkiNotify: null,
    spkiDer: key.spkiDer,
    subjectDer: keyIdName(key.keyId),
    der,
  };
}

function lay(folder: string, objects: TaObjects): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, der } of [objects.crl, objects.manifest]) writeFileSync(join(folder, name), der);
  for (const [key, { der }] of objects.issued) writeFileSync(join(folder, `${key}.cer`), der);
}

/** A trust anchor, a child with 192.0.2.0/24, and a grandchild with `claim`. */
async function repository(
  claim: string,
): Promise<{ found: Repository; child: CertInfo; grandchild: CertInfo }> {
  const [ta, child, grandchild] = [testKey(), testKey(), testKey()];
  const signing = signingOf(ta);
  const tal = { https: ['https://localhost/ta/ta.cer'], rsync: 'rsync://localhost/ta/ta.cer' };
  const anchor = await makeTrustAnchor(
    {
      now: NOW,
      spkiDer: ta.spkiDer,
      repository: { base: BASE, notify: null },
      tal,
      identitySpki: ta.spkiDer,
      proxy: await makeIdentityOf(ta.spkiDer, NOW, ta.sign),
      timing: DEFAULT_TIMING,
      number: 1n,
    },
    signing,
  );
  const [childBase, grandBase] = [`${BASE}child/`, `${BASE}grandchild/`];
  const childInfo = await certify(
    { key: ta, base: BASE, certificateUri: tal.rsync },
    { key: child, base: childBase, ipv4: '192.0.2.0/24' },
  );
  const grandInfo = await certify(
    { key: child, base: childBase, certificateUri: childInfo.uri },
    { key: grandchild, base: grandBase, ipv4: claim },
  );
  const common = { now: NOW, nextUpdate: weeksLater(NOW, 4), revocations: [] };
  const published = join(scratch, claim.replaceAll(/\W/g, '-'));
  const levels = [
    { key: ta, baseUri: BASE, certificate: anchor.certificate, issued: childInfo, folder: '' },
    { key: child, baseUri: childBase, certificate: childInfo, issued: grandInfo, folder: 'child' },
    {
      key: grandchild,
      baseUri: grandBase,
      certificate: grandInfo,
      issued: null,
      folder: 'grandchild',
    },
  ];
  for (const { key, baseUri, certificate, issued, folder } of levels) {
    const below = new Map(issued === null ? [] : [[issued.uri.slice(-44, -4), issued]]);
    const own = { keyId: key.keyId, baseUri, certificateUri: certificate.uri };
    const order = { ...common, ...own, number: 2n, issued: below };
    lay(join(published, folder), await publish(order, signingOf(key).ta, signingOf(key)));
  }
  return {
    found: { published, host: 'localhost', tal: talText(anchor), taCertificate: anchor.certificate.der },
    child: childInfo,
    grandchild: grandInfo,
  };
}

const faultsOf = ({ child, grandchild }: { child: CertInfo; grandchild: CertInfo }): string[] =>
  judgeObject(grandchild.der, { issuerDer: child.der, anchor: false, at: NOW }).faults.map(
    ({ text }) => text,
  );

const missing = missingPeers('rpki-client', 'fort', 'routinator');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

test.skipIf(missing.length > 0)(
  `a certificate over more than its issuer has is refused by our validator and rpki-client${why}`,
  { timeout: 60_000 },
  async () => {
    const right = await repository('192.0.2.128/25');
    expect(faultsOf(right)).toEqual([]);
    for (const validate of [rpkiClient, fort, routinator])
      expect(validate(right.found).complaints).toEqual([]);
    const wrong = await repository('192.0.2.0/23');
    expect(faultsOf(wrong).join()).toMatch(/resources/);
    // FORT and Routinator print nothing about it at this log level; without a ROA below it is not shown what they did.
    expect(rpkiClient(wrong.found).complaints.join()).toMatch(/not subset of parent's resources/);
  },
);
