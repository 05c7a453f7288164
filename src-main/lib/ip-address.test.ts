import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAddress } from './ip-address.ts';

test.each([
  ['127.0.0.1', true],
  ['0.0.0.0', true],
  ['255.249.199.10', true],
  ['127.0.0.010', false],
  ['010.0.0.1', false],
  ['00.0.0.1', false],
  ['256.0.0.1', false],
  ['999.1.1.1', false],
  ['1.2.3', false],
  ['0x7f.0.0.1', false],
  ['2130706433', false],
  ['::1', true],
  ['2001:db8::10', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:127.0.0.010', false],
  ['1:2', false],
  ['a:b@[::1', false],
  ['::1]:80/[', false],
  ['hsm.example.net', false],
  ['', false],
])('%j is an address: %s', (text, is) => {
  expect(isAddress(text)).toBe(is);
});

test('as the machine reads it', () => {
  const some = fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended(), fc.stringMatching(/^[0-9a-f.:]{1,12}$/));
  fc.assert(fc.property(some, (text) => void expect(isAddress(text)).toBe(isIP(text) !== 0)));
});
