import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBack } from './read-back.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baleen-read-back-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([0, 1, 511, 512, 4096, 1_048_575, 1_048_576, 1_048_577, 3_200_000])(
  'a file of %d octets comes back as it is',
  async (size) => {
    const path = join(folder, 'file');
    const content = randomBytes(size);
    writeFileSync(path, content);
    expect((await readBack(path)).bytes.equals(content)).toBe(true);
  },
);

test('what is not there is not read from anywhere', async () => {
  await expect(readBack(join(folder, 'gone'))).rejects.toMatchObject({ code: 'ENOENT' });
});
