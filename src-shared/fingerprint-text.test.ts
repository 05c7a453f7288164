import { expect, test } from 'vitest';
import { bareFingerprint } from './fingerprint-text.ts';

test.each([
  ['sha256 Fingerprint=89:7F:01', '89:7F:01'],
  [' SHA256 Fingerprint=89:7F:01\n', '89:7F:01'],
  ['SHA-256 fingerprint = 89 7f', '89 7f'],
  ['sha256:897f', '897f'],
  ['897f', '897f'],
  // Another digest is no SHA-256 and stays what it is, wrong.
  ['sha1 Fingerprint=89:7F', 'sha1 Fingerprint=89:7F'],
])('what stands before a fingerprint is cut off: %s', (typed, bare) => {
  expect(bareFingerprint(typed)).toBe(bare);
});
