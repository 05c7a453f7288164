import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonError } from '../../lib/json-reader.ts';
import { rangesOf } from '../../rpki/ranges.ts';
import { testKey } from '../../testing/test-proxy.ts';
import type { CertInfo, PublishedObject, TaObjects } from '../objects.ts';
import { makeIdentityOf } from '../signer/make-trust-anchor.ts';
import { identityOf } from '../signer/trust-anchor.ts';
import { childText, readChild } from './child-json.ts';
import { KEY_STATES, type LocalChild } from './local-child.ts';

const own = testKey();
const made = await makeIdentityOf(own.spkiDer, new Date('2026-11-24T12:00:00Z'), own.sign);
const identity = identityOf(own.spkiDer, new Uint8Array(made.certificateDer));

const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const handle = fc.stringMatching(/^[-_A-Za-z0-9]{1,20}$/);
const keyId = fc.stringMatching(/^[0-9A-F]{40}$/);
const instant = fc
  .date({ min: new Date(0), max: new Date('2199-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString());
const uri = fc.stringMatching(/^rsync:\/\/[a-z]{1,9}\/[a-z]{1,9}\/[A-F0-9]{1,9}\.cer$/);
const ranges = (bits: bigint) =>
  fc
    .array(fc.tuple(fc.bigInt({ min: 0n, max: 2n ** bits - 1n }), fc.bigInt({ min: 0n, max: 255n })), {
      maxLength: 3,
    })
    .map((pairs) =>
      rangesOf(
        pairs.map(([min, size]) => ({ min, max: min + size >= 2n ** bits ? 2n ** bits - 1n : min + size })),
      ),
    );
const resources = fc.record({ asn: ranges(32n), ipv4: ranges(32n), ipv6: ranges(128n) });
const serial = fc.bigInt({ min: 1n, max: 2n ** 159n - 1n });

const certInfo: fc.Arbitrary<CertInfo> = fc.record({
  uri,
  resources,
  limit: fc.constant({}),
  notBefore: instant,
  notAfter: instant,
  serial,
  caRepository: uri,
  rpkiManifest: uri,
  rpkiNotify: fc.option(uri),
  spkiDer: bytes,
  subjectDer: bytes,
  der: bytes,
});
const published: fc.Arbitrary<PublishedObject> = fc.record({
  name: fc.string(),
  der: bytes,
  serial,
  expires: instant,
});
const objects: fc.Arbitrary<TaObjects> = fc.record({
  number: serial,
  thisUpdate: instant,
  nextUpdate: instant,
  keyId,
  baseUri: uri,
  revocations: fc.constant([]),
  crl: published,
  manifest: published,
  issued: fc.constant(new Map<string, CertInfo>()),
});
const key = fc.record({
  keyId,
  spkiDer: bytes,
  state: fc.constantFrom(...KEY_STATES),
  csrDer: fc.option(bytes),
  certificate: fc.option(certInfo),
  objects: fc.option(objects),
  askedAt: fc.option(instant),
  word: fc.option(fc.record({ status: fc.option(fc.nat()), text: fc.string(), at: instant })),
});
const child: fc.Arbitrary<LocalChild> = fc.record({
  handle,
  identity: fc.constant(identity),
  parent: fc.option(fc.record({ handle, childHandle: handle, serviceUri: fc.webUrl(), identityDer: bytes })),
  repository: fc.option(
    fc.record({
      handle,
      serviceUri: fc.webUrl(),
      identityDer: bytes,
      base: uri,
      notify: fc.option(fc.webUrl()),
    }),
  ),
  entitled: fc.option(fc.record({ className: fc.string(), resources, notAfter: instant })),
  contact: fc.option(fc.record({ at: instant, says: fc.string() })),
  trouble: fc.option(
    fc.record({ what: fc.constantFrom('ask' as const, 'refresh' as const), at: instant, text: fc.string() }),
  ),
  keys: fc.array(key, { maxLength: 3 }),
});

test('what is written is read again, whatever it is', () => {
  fc.assert(
    fc.property(child, (value) => {
      expect(readChild(childText(value))).toEqual(value);
    }),
    { numRuns: 100 },
  );
});

test('whatever else is read is refused with its own error', () => {
  const text = fc.tuple(child, fc.nat(), fc.string({ maxLength: 3 })).map(([value, at, put]) => {
    const whole = childText(value);
    const place = at % whole.length;
    return `${whole.slice(0, place)}${put}${whole.slice(place + 1)}`;
  });
  fc.assert(
    fc.property(fc.oneof(text, fc.string(), fc.json()), (written) => {
      try {
        readChild(written);
      } catch (error) {
        expect(error).toBeInstanceOf(JsonError);
      }
    }),
    { numRuns: 300 },
  );
});
