import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('no source is longer than 300 lines, style sheets included', () => {
  const sources = ['src-main', 'src-renderer', 'src-shared', 'e2e', 'bench', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|mjs|css)$/.test(name))
      .map((name) => join(folder, name)),
  );
  expect(sources.length).toBeGreaterThan(400);
  expect(sources.filter((name) => name.endsWith('.css')).length).toBeGreaterThan(10);
  const long = sources.filter((name) => readFileSync(join(root, name), 'utf8').split('\n').length > 301);
  expect(long).toEqual([]);
});
