import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exists, isCutOff, readFileLimited, writeFileAtomic } from './atomic-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baleen-atomic-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  it('replaces the whole file with the mode it was asked for and leaves no temporary file', async () => {
    const path = join(folder, 'a.key');
    await writeFile(path, 'an older and longer content', { mode: 0o644 });
    await writeFileAtomic(path, Buffer.from('new'), 0o600);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['a.key']);
  });

  it('writes first beside it, under a name that is known when it stays behind', async () => {
    const path = join(folder, 'a');
    let beside: string[] = [];
    await writeFileAtomic(path, Buffer.from('x'), 0o600, async () => void (beside = await readdir(folder)));
    expect(beside.map(isCutOff)).toEqual([true]);
    expect((await readdir(folder)).map(isCutOff)).toEqual([false]);
  });

  it('says where it could not write and changes nothing', async () => {
    await expect(writeFileAtomic(join(folder, 'none', 'a'), Buffer.from('x'), 0o600)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('readFileLimited', () => {
  it('refuses a file over the limit by its size, unread', async () => {
    const path = join(folder, 'big');
    await writeFile(path, '');
    await truncate(path, 26_214_400);
    await expect(readFileLimited(path, 1_048_576)).rejects.toThrow(
      'big is too large (25.0 MiB, limit 1.0 MiB).',
    );
  });

  it('names a file that is not there', async () => {
    await expect(readFileLimited(join(folder, 'gone'), 10)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await exists(join(folder, 'gone'))).toBe(false);
  });
});
