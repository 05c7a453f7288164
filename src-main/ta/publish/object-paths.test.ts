import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { objectPaths, type PublishedFile } from './object-paths.ts';

const BASE = 'rsync://rpki.example.net/repo/';
const objects = (...uris: string[]): PublishedFile[] => uris.map((uri) => ({ uri, der: Buffer.from(uri) }));

test('objects lie at the part of their URI behind the base', () => {
  const paths = objectPaths(
    BASE,
    objects(`${BASE}ta.crl`, `${BASE}__proto__/0/a-b_c.mft`, `${BASE}A/ta.crl`),
  );
  expect([...paths.keys()]).toEqual(['ta.crl', '__proto__/0/a-b_c.mft', 'A/ta.crl']);
});

test.each([
  [`${BASE}../x`, /no plain rsync URI/],
  ['rsync://rpki.example.net/other/x', /does not lie below/],
  [`${BASE}a/.b`, /no plain rsync URI/],
  [`${BASE}a//b`, /no plain rsync URI/],
  [`${BASE}a/`, /no plain file name/],
  [BASE, /no plain file name/],
  [`${BASE}a\\..\\..\\b`, /no plain rsync URI/],
  [`${BASE}C:x`, /no plain file name/],
  [`${BASE}a.`, /no plain file name/],
  [`${BASE}${'a'.repeat(256)}`, /no plain file name/],
  [`${BASE}ta.crl`, /stands twice/],
  [`${BASE}ta.crl/x`, /need a folder of that name/],
])('%s is refused', (uri, said) => {
  expect(() => objectPaths(BASE, objects(`${BASE}ta.crl`, uri))).toThrow(said);
});

test('a base that is no rsync folder is refused', () => {
  for (const base of ['rsync://h/m', 'rsync://h/', 'https://h/m/', 'rsync://h/m/../'])
    expect(() => objectPaths(base, [])).toThrow(/no rsync folder/);
});

test('names of devices are refused where they are some', () => {
  expect(objectPaths(BASE, objects(`${BASE}con/x`), false).size).toBe(1);
  for (const name of ['con', 'NUL.crl', 'com1'])
    expect(() => objectPaths(BASE, objects(`${BASE}${name}/x`), true)).toThrow(/no plain file name/);
});

test('no URI leads out of the folder', () => {
  const part = fc.oneof(
    fc.constantFrom('..', '.', '', '/', '\\', 'C:', '%2e%2e', 'a', '\u0000'),
    fc.string({ maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      try {
        const [path = ''] = objectPaths(BASE, objects(`${BASE}${parts.join('/')}`), true).keys();
        expect(join('/r', path)).toBe(`/r/${path}`);
        expect(path.split(/[\\/]/).every((name) => name !== '' && !name.startsWith('.'))).toBe(true);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});
