import { createPrivateKey, generateKeyPairSync, randomBytes, sign as signWith } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readJson, writeJson } from '../../lib/json-reader.ts';
import { sameJson } from '../../lib/json-shape.ts';
import { judgeObject } from '../../rpki/judge.ts';
import type { Sign } from '../../rpki/make-certificate.ts';
import { vectorPath } from '../../testing/vectors.ts';
import { keyId } from '../../x509/public-key.ts';
import { judgeRequest } from '../judge-request.ts';
import { judgeResponse } from '../judge-response.ts';
import { readSignerInfo } from '../signer-info.ts';
import { answer } from './answer.ts';
import { readKrillStore } from './krill-store.ts';
import { makeAnchorCertificate, makeTrustAnchor } from './make-trust-anchor.ts';
import type { Signing } from './signing.ts';
import {
  DEFAULT_TIMING,
  readTrustAnchor,
  signerInfoJson,
  type TrustAnchor,
  trustAnchorText,
} from './trust-anchor.ts';

const KRILL = 'krill-ta/krill-0.16.1';

/** A folder as the importer gets it. */
function folder(name: string): Map<string, Uint8Array> {
  const root = vectorPath(`${KRILL}/${name}`);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(root, path)).isFile(),
  );
  return new Map(files.map((path) => [path, readFileSync(join(root, path))]));
}

function pair(): { spkiDer: Uint8Array; sign: (data: Uint8Array) => Promise<Uint8Array> } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const spkiDer = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
  return { spkiDer, sign: (data) => Promise.resolve(signWith('sha256', data, privateKey)) };
}

function pkcs1(der: Uint8Array): (data: Uint8Array) => Promise<Uint8Array> {
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs1' });
  return (data) => Promise.resolve(signWith('sha256', data, key));
}

function signingWith(ta: Sign, identity: { keyId: string; sign: Sign }): Signing {
  return {
    ta: { certificate: ta, crl: ta },
    identity: { keyId: identity.keyId, certificate: identity.sign, crl: identity.sign },
    oneOff: (use) => {
      const { spkiDer, sign } = pair();
      return use({ keyId: keyId(spkiDer), spkiDer, sign });
    },
    serial: () => Uint8Array.from([0x40, ...randomBytes(19)]),
  };
}

const store = readKrillStore(folder('signer-store'));
const krillKeys = signingWith(pkcs1(store.keys.get(store.anchor.objects.keyId) ?? new Uint8Array()), {
  keyId: store.anchor.identity.keyId,
  sign: pkcs1(store.keys.get(store.anchor.identity.keyId) ?? new Uint8Array()),
});

const requestState = (anchor: TrustAnchor) => ({
  proxySpki: anchor.proxy.spkiDer,
  taKeyId: anchor.objects.keyId,
  taResources: anchor.certificate.resources,
  baseUri: anchor.objects.baseUri,
  owners: new Map<string, string>(),
  issued: anchor.objects.issued,
  nonces: new Set<string>(),
});

describe("krillta's data directory", () => {
  test('is replayed: state, exchanges, keys', () => {
    expect(store.anchor.objects.number).toBe(11n);
    expect(store.exchanges).toHaveLength(10);
    expect([...store.keys.keys()]).toContain(store.anchor.objects.keyId);
    // The last command was a reissue and an exchange after it: two https URIs.
    expect(store.anchor.tal.https).toHaveLength(2);
  });

  test('the state is written and read back without loss', () => {
    const again = readTrustAnchor(trustAnchorText(store.anchor));
    expect(again).toEqual(store.anchor);
  });

  test("signer-info.json has the values of krillta's own", () => {
    const own = readFileSync(vectorPath(`${KRILL}/setup/signer-info.json`));
    const first = readKrillStore(
      new Map([...folder('signer-store')].filter(([path]) => !/command-(?:[1-9]|1\d)\.json$/.test(path))),
    );
    const info = signerInfoJson(first.anchor);
    const krill = readJson(own);
    // Krill loses the first letter of a name (krill-ta.md 4.3); everything else is equal.
    const text = writeJson(krill).replaceAll('"name": "a.cer"', '"name": "ta.cer"');
    expect(sameJson(info, readJson(Buffer.from(text)))).toBe(true);
  });

  test('a missing command, a directory of something else and a broken file are named', () => {
    const files = folder('signer-store');
    expect(() => readKrillStore(new Map())).toThrow(/storage_uri/);
    expect(() =>
      readKrillStore(new Map([...files].filter(([path]) => !path.endsWith('ta/command-3.json')))),
    ).toThrow(/command-3\.json is missing/);
    const broken = new Map(files).set('signer/ta/command-2.json', Buffer.from('{"version": 2'));
    expect(() => readKrillStore(broken)).toThrow(/is missing \(line 1/);
  });
});

describe('answers', () => {
  test.each(['x1-issue', 'x2-second', 'x3-empty', 'x7-third'])(
    'the request %s of Krill is answered, and the validator finds nothing wrong',
    async (name) => {
      // As the signer was before it: the state after as many commands as exchanges came first.
      const bytes = readFileSync(vectorPath(`${KRILL}/exchanges/${name}/request.json`));
      const krill = JSON.parse(
        readFileSync(vectorPath(`${KRILL}/exchanges/${name}/response.json`), 'utf8'),
      ) as { response: { objects: { revision: { number: number; this_update: string } } } };
      const { number, this_update: update } = krill.response.objects.revision;
      const before = [...folder('signer-store')].filter(([path]) => {
        const command = /signer\/ta\/command-(\d+)\.json$/.exec(path)?.[1];
        return command === undefined || Number(command) < number - 1;
      });
      const { anchor } = readKrillStore(new Map(before));
      const now = new Date(Date.parse(update) + 300_000);
      const judged = judgeRequest(bytes, requestState(anchor), now);
      expect(judged.faults).toEqual([]);
      if (judged.request === null) throw new Error('unreadable');
      const { request } = judged;
      const made = await answer(
        { anchor, request, now, number: anchor.objects.number + 1n },
        krillKeys,
        () => {},
      );
      const info = readSignerInfo(signerInfoJson(anchor));
      const verdict = judgeResponse(
        made.file,
        { signerSpki: anchor.identity.spkiDer, info, previous: anchor.objects, request },
        now,
      );
      expect(verdict.faults).toEqual([]);
      expect(made.objects.issued.size).toBe(
        Object.keys((krill.response.objects as unknown as { issued: object }).issued).length,
      );
      for (const { der } of made.objects.issued.values())
        expect(
          judgeObject(der, { issuerDer: anchor.certificate.der, anchor: false, at: now }).faults,
        ).toEqual([]);
    },
  );
});

test('after a signature that fails the key signs none of the wishes that are left', async () => {
  const bytes = readFileSync(vectorPath(`${KRILL}/exchanges/x1-issue/request.json`));
  const before = [...folder('signer-store')].filter(([path]) => !/ta\/command-[1-9]\d*\.json$/.test(path));
  const { anchor } = readKrillStore(new Map(before));
  const { request } = judgeRequest(bytes, requestState(anchor), new Date('2026-11-24T02:00:00Z'));
  const [child] = request?.children ?? [];
  if (request === null || child === undefined) throw new Error('unreadable');
  let [begun, ended] = [0, 0];
  const failing = async (data: Uint8Array): Promise<Uint8Array> => {
    begun += 1;
    const at = begun;
    await new Promise(setImmediate);
    ended += 1;
    if (at === 3) throw new Error('the token was pulled out');
    return krillKeys.ta.certificate(data);
  };
  const many = Array.from({ length: 200 }, (_, at) => ({ ...child, handle: `child-${at}` }));
  const signing = { ...krillKeys, ta: { certificate: failing, crl: failing } };
  await expect(
    answer(
      { anchor, request: { ...request, children: many }, now: new Date(), number: 2n },
      signing,
      () => {},
    ),
  ).rejects.toThrow('the token was pulled out');
  const atRefusal = begun;
  expect(atRefusal).toBeLessThan(60);
  expect(ended).toBe(begun);
  await new Promise((done) => setTimeout(done, 50));
  expect(begun).toBe(atRefusal);
});

test('a new trust anchor and its reissue are judged right, and no two serials are equal', async () => {
  const [ta, identity, proxy] = [pair(), pair(), pair()];
  const signing = signingWith(ta.sign, { keyId: keyId(identity.spkiDer), sign: identity.sign });
  const now = new Date('2028-02-29T12:00:00Z');
  const order = {
    now,
    spkiDer: ta.spkiDer,
    repository: { base: 'rsync://rpki.example.net/repo/', notify: null },
    tal: { https: ['https://rpki.example.net/ta/ta.cer'], rsync: 'rsync://rpki.example.net/ta/ta.cer' },
  };
  const anchor = await makeTrustAnchor(
    {
      ...order,
      identitySpki: identity.spkiDer,
      proxy: {
        spkiDer: proxy.spkiDer,
        certificateDer: store.anchor.proxy.certificateDer,
        keyId: keyId(proxy.spkiDer),
      },
      timing: DEFAULT_TIMING,
      number: 7n,
    },
    signing,
  );
  const at = now;
  expect(judgeObject(anchor.certificate.der, { issuerDer: null, anchor: true, at }).faults).toEqual([]);
  // One hundred years after a 29 February there is none.
  expect(anchor.certificate.notAfter).toBe('2128-02-29T12:00:00.000Z');
  for (const { der } of [anchor.objects.crl, anchor.objects.manifest])
    expect(judgeObject(der, { issuerDer: anchor.certificate.der, anchor: false, at }).faults).toEqual([]);
  expect(anchor.objects.number).toBe(7n);
  const again = await makeAnchorCertificate({ ...order, years: 101 }, signing);
  expect(again.serial).not.toBe(anchor.certificate.serial);
  expect(again.notAfter).toBe('2129-02-28T12:00:00.000Z');
  expect(judgeObject(again.der, { issuerDer: null, anchor: true, at }).faults).toEqual([]);
});
