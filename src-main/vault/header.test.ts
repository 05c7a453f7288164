import { expect, test } from 'vitest';
import { parseHeader } from './header.ts';

const KDF = { algorithm: 'argon2id', memoryKiB: 131_072, passes: 20, lanes: 4 };

function headerWith(kdf: object): Buffer {
  return Buffer.from(
    JSON.stringify({
      format: 'baleen-workspace',
      version: 1,
      id: 'ws-aaaaaaaaaaaaaaaa',
      name: 'Example',
      kind: 'online',
      createdAt: '2026-11-24T12:00:00.000Z',
      recoveryVerified: false,
      slots: [{ type: 'passphrase', salt: 'AAAA', kdf: { ...KDF, ...kdf }, nonce: 'AAAA', wrapped: 'AAAA' }],
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
