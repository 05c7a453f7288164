import { expect, test } from 'vitest';
import { sentence } from './sentence.ts';

test.each([
  ['the file is cut off', 'The file is cut off.'],
  ['The file is empty.', 'The file is empty.'],
  ['This is a web page (HTML), not a certificate.', 'This is a web page (HTML), not a certificate.'],
  ['is it?', 'Is it?'],
  ['keyUsage is damaged', 'KeyUsage is damaged.'],
  ['nextUpdate… ', 'NextUpdate…'],
])('%j is said as %j', (text, said) => {
  expect(sentence(text)).toBe(said);
  expect(sentence(said)).toBe(said);
});
