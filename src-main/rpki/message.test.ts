import { type KeyObject, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Hash, resignKey, rsaWith, signedAs } from '../testing/resigned.ts';
import { testKey } from '../testing/test-proxy.ts';
import { children, readTlv, TAG } from '../x509/der-reader.ts';
import {
  bitStringOf,
  contextConstructed,
  integer,
  nullValue,
  octetString,
  sequence,
  time,
  tlv,
} from '../x509/der-writer.ts';
import { Faults } from './fault.ts';
import type { Sign } from './make-certificate.ts';
import { makeMessage } from './make-message.ts';
import { openMessage } from './message.ts';

type Der = Uint8Array;

const NOW = new Date('2026-11-24T03:00:00Z');
const identity = testKey();
const NULL = nullValue();
let message: Der;

beforeAll(async () => {
  message = await makeMessage(
    Buffer.from('{}'),
    { keyId: identity.keyId, certificate: identity.sign, crl: identity.sign },
    testKey(),
    {
      now: NOW,
      notBefore: NOW,
      notAfter: new Date('2026-12-24T03:00:00Z'),
      serial: Uint8Array.of(7),
    },
  );
});

/** `der` with what lies at `path` replaced: nothing that is signed is among the cases below. */
function replaced(der: Der, path: readonly number[], by: (raw: Der) => readonly Der[]): Der {
  const [index, ...rest] = path;
  if (index === undefined) throw new Error('a path has a last step');
  const { tag } = readTlv(der);
  const parts = children(readTlv(der)).map(({ raw }) => raw);
  const chosen = parts.at(index) ?? new Uint8Array();
  const at = parts.indexOf(chosen);
  return tlv(
    tag,
    ...parts.flatMap((part, position) =>
      position !== at ? [part] : rest.length === 0 ? by(part) : [replaced(part, rest, by)],
    ),
  );
}

const said = (der: Der): string[] => {
  const faults = new Faults();
  openMessage(der, identity.spkiDer, NOW, faults);
  return faults.found.map(({ text, clause }) => `${text} (${clause})`);
};

/** Adds an element behind the last inside a structure. */
const grown = (raw: Der): readonly Der[] => {
  const { tag, content } = readTlv(raw);
  return [tlv(tag, content, NULL)];
};
const behind = (raw: Der): readonly Der[] => [raw, NULL];
/** The signed data, and its parts: version, digests, content, certificates, CRLs, signers. */
const DATA = [1, 0];

test.each<[string, readonly number[], (raw: Der) => readonly Der[], RegExp]>([
  ['behind the content info', [1], behind, /holds more/],
  ['beside the signed data', [1], grown, /extra bytes/],
  ['behind the signers', [...DATA, -1], behind, /holds more/],
  ['a NULL before the signers', [...DATA, 4], behind, /wrong type/],
  [
    'a megabyte before the signers',
    [...DATA, 4],
    (raw) => [raw, contextConstructed(2, octetString(new Uint8Array(1 << 20)))],
    /wrong type/,
  ],
  ['behind the content', [...DATA, 2], grown, /holds more/],
  ['a fourth part of the certificate', [...DATA, 3, 0], grown, /holds more/],
  ['a fourth part of the CRL', [...DATA, 4, 0], grown, /holds more/],
  ['two CRLs', [...DATA, 4, 0], (raw) => [raw, raw], /2 CRLs/],
  ['version 02 02 00 03', [...DATA, 0], () => [Uint8Array.of(2, 2, 0, 3)], /X\.690 8\.3\.2/],
  ['version as ENUMERATED', [...DATA, 0], () => [Uint8Array.of(10, 1, 3)], /wrong type/],
  ['signer version 02 02 00 03', [...DATA, -1, 0, 0], () => [Uint8Array.of(2, 2, 0, 3)], /X\.690 8\.3\.2/],
  [
    'a NULL with a content',
    [...DATA, -1, 0, 4],
    (raw) => [sequence(children(readTlv(raw))[0]?.raw ?? raw, tlv(TAG.null, NULL))],
    /X\.690 8\.8\.2/,
  ],
])('a message whose signature holds, with %s, is refused', (_what, path, by, reason) => {
  expect(said(message)).toEqual([]);
  expect(said(replaced(message, path, by)).join('\n')).toMatch(reason);
});

test('taken apart and put together it is the same message', () =>
  expect(said(replaced(message, [...DATA, 0], (raw) => [raw]))).toEqual([]));

describe('what its identity signed rightly', () => {
  const own = resignKey();
  const signing =
    (key: KeyObject): Sign =>
    (data) =>
      Promise.resolve(sign('sha256', data, key));
  const by = { keyId: own.keyId, certificate: signing(own.key), crl: signing(own.key) };
  const of = ({ key, keyId, spkiDer }: typeof own) => ({ keyId, spkiDer, sign: signing(key) });
  const minutes = (count: number): Date => new Date(NOW.getTime() + count * 60_000);
  const times = { now: NOW, notBefore: minutes(-5), notAfter: minutes(60), serial: Uint8Array.of(7) };
  const made = (more: Partial<typeof times> = {}, key = resignKey()): Promise<Der> =>
    makeMessage(Buffer.from('{}'), by, of(key), { ...times, ...more });
  /** With its certificate or its CRL signed again in another way. */
  const again = (place: 3 | 4, hash: Hash, pair: readonly [Der, Der]) => async (): Promise<Der> =>
    replaced(await made(), [...DATA, place, 0], (raw) => [signedAs(raw, pair, hash, own.key)]);
  /** With a part of what is signed in it replaced, and signed again. */
  const resigned =
    (place: 3 | 4, path: number[], change: (raw: Der) => readonly Der[]) => async (): Promise<Der> =>
      replaced(await made(), [...DATA, place, 0], (raw) => {
        const tbs = replaced(children(readTlv(raw))[0]?.raw ?? raw, path, change);
        return [sequence(tbs, rsaWith('sha256'), bitStringOf(sign('sha256', tbs, own.key)))];
      });
  const CERTIFICATE = 3;
  const CRL = 4;
  const twice = (raw: Der): Der[] => [raw, raw];
  const alike = (hash: Hash, bare = false): [Der, Der] => [rsaWith(hash, bare), rsaWith(hash, bare)];
  const mixed: [Der, Der] = [rsaWith('sha256', true), rsaWith('sha256')];
  const foreignCrl = async (): Promise<Der> =>
    replaced(await made(), [...DATA, CRL, 0], (raw) => [
      signedAs(raw, alike('sha256'), 'sha256', resignKey().key),
    ]);
  /** Behind the CRL's nextUpdate: what it revokes. */
  const revoking = (serial: number) => (raw: Der) => [
    raw,
    sequence(sequence(integer(serial), time(minutes(-1)))),
  ];

  test.each<[string, () => Promise<Der>, RegExp | null]>([
    ['now', () => made(), null],
    ['five minutes ahead', () => made({ now: minutes(5) }), null],
    ['six minutes ahead', () => made({ now: minutes(6) }), /still to come/],
    ['before its certificate begins', () => made({ now: minutes(-6) }), /its certificate is not valid/],
    ['after its certificate has ended', () => made({ now: minutes(61) }), /its certificate is not valid/],
    ['by a key of 1024 bits', () => made({}, resignKey(1024)), /2048 bits or more/],
    ['by a key of 4096 bits', () => made({}, resignKey(4096)), null],
    ['a certificate by SHA-1', again(3, 'sha1', alike('sha1')), /algorithm of its certificate/],
    ['a CRL by SHA-1', again(4, 'sha1', alike('sha1')), /algorithm of its CRL/],
    ['a certificate without NULL', again(3, 'sha256', alike('sha256', true)), null],
    ['a certificate without NULL inside', again(3, 'sha256', mixed), /algorithm of its certificate/],
    ['signed again and not changed', resigned(CERTIFICATE, [1], (raw) => [raw]), null],
    ['serial number 0', resigned(CERTIFICATE, [1], () => [integer(0)]), /serial number/],
    ['a certificate of version 2', resigned(CERTIFICATE, [0, 0], () => [integer(1)]), /version 3/],
    ['an extension twice', resigned(CERTIFICATE, [-1, 0, 0], twice), /of its certificate stands twice/],
    ['an extension of the CRL twice', resigned(CRL, [-1, 0, 1], twice), /of its CRL stands twice/],
    ['a CRL without extensions', resigned(CRL, [-1], () => []), /version 2, with extensions/],
    ['a CRL without nextUpdate', resigned(CRL, [4], () => []), /does not say when it ends/],
    ['a CRL that ended', resigned(CRL, [4], () => [time(minutes(-1))]), /out of date/],
    ['a CRL without NULL inside', again(4, 'sha256', mixed), /algorithm of its CRL/],
    ['a CRL by another key', foreignCrl, /^its CRL is not signed by the enrolled identity$/],
    ['its certificate on its CRL', resigned(CRL, [4], revoking(7)), /^its certificate was revoked$/],
    ['another certificate on its CRL', resigned(CRL, [4], revoking(8)), null],
  ])('%s', async (_what, make, reason) => {
    const faults = new Faults();
    openMessage(await make(), own.spkiDer, NOW, faults);
    const found = faults.found.map(({ text }) => text).join('\n');
    if (reason === null) expect(found).toBe('');
    else expect(found).toMatch(reason);
  });
});
