import { expect, test } from 'vitest';
import { parseHeader } from './header.ts';

const KDF = { algorithm: 'argon2id', memoryKiB: 131_072, passes: 20, lanes: 4 };

const base64 = (octets: number): string => Buffer.alloc(octets, 1).toString('base64');
const SLOT = { type: 'passphrase', salt: base64(16), nonce: base64(12), wrapped: base64(48) };

function headerWith(kdf: object, slot: object = {}): Buffer {
  return Buffer.from(
    JSON.stringify({
      format: 'baleen-workspace',
      version: 1,
      id: 'ws-aaaaaaaaaaaaaaaa',
      name: 'Example',
      kind: 'online',
      createdAt: '2026-11-24T12:00:00.000Z',
      recoveryVerified: false,
      slots: [{ ...SLOT, kdf: { ...KDF, ...kdf }, ...slot }],
    }),
  );
}

test('what calibration can choose at most is read', () => {
  expect(parseHeader(headerWith({}), 'a').slots[0]?.kdf).toEqual(KDF);
});

test.each([
  ['4 GiB', { memoryKiB: 4_194_304 }],
  ['1 GiB', { memoryKiB: 1_048_576 }],
  ['1000 passes', { passes: 1000 }],
  ['64 lanes', { lanes: 64 }],
  ['less than OWASP asks', { memoryKiB: 8192 }],
])('a header that asks for %s is refused before anything is derived', (_name, kdf) => {
  expect(() => parseHeader(headerWith(kdf), 'a')).toThrow(/damaged/);
});

test.each([
  ['salt', 15],
  ['salt', 0],
  ['nonce', 11],
  ['nonce', 13],
  ['wrapped', 8],
  ['wrapped', 47],
  ['wrapped', 49],
])('a header whose %s has %i octets is damaged, which is said in a sentence', (field, octets) => {
  expect(() => parseHeader(headerWith({}, { [field]: base64(octets) }), 'a')).toThrow(/damaged/);
});
