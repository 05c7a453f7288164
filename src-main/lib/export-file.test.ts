import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileLimited } from './atomic-file.ts';
import { exportFile } from './export-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baleen-export-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const now = new Date('2026-11-24T12:00:00Z');
const write = (path: string, text: string, overwrite = false) =>
  exportFile({ path, content: Buffer.from(text), mode: 0o600, overwrite, now });

describe('exportFile', () => {
  it.skipIf(process.platform === 'win32')('says the mode that the file got, whatever was asked', async () => {
    const path = join(folder, 'a.pem');
    const before = process.umask(0o077);
    try {
      const { mode } = await exportFile({
        path,
        content: Buffer.from('x'),
        mode: 0o644,
        overwrite: false,
        now,
      });
      expect(mode).toBe('0600');
    } finally {
      process.umask(before);
    }
  });

  it('asks before it replaces, and then keeps the old file beside the new one', async () => {
    const path = join(folder, 'a.pem');
    expect(await write(path, 'one')).toEqual({ path, backup: null, mode: '0600' });
    await expect(write(path, 'two')).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(path, 'utf8')).toBe('one');
    const { backup } = await write(path, 'two', true);
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readFile(backup ?? '', 'utf8')).toBe('one');
  });

  it('never writes over a file that came after it had looked', async () => {
    const path = join(folder, 'a.pem');
    const both = await Promise.allSettled([write(path, 'one'), write(path, 'two')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const lost = both.find((one) => one.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'FILE_EXISTS' });
    const kept = both[0]?.status === 'fulfilled' ? 'one' : 'two';
    expect(await readFile(path, 'utf8')).toBe(kept);
  });

  it('leaves everything as it was when the content cannot be written', async () => {
    const path = join(folder, 'a.pem');
    const content = (): Promise<void> => Promise.reject(new Error('no content'));
    await expect(exportFile({ path, content, mode: 0o600, overwrite: false, now })).rejects.toThrow(
      'no content',
    );
    expect(await readdir(folder)).toEqual([]);
    await writeFile(path, 'old');
    await expect(exportFile({ path, content, mode: 0o600, overwrite: true, now })).rejects.toThrow(
      'no content',
    );
    expect(await readdir(folder)).toEqual(['a.pem']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('keeps each of two that are replaced within one millisecond', async () => {
    const path = join(folder, 'a.pem');
    await write(path, 'one');
    const kept = [(await write(path, 'two', true)).backup, (await write(path, 'three', true)).backup];
    expect(await Promise.all(kept.map((name) => readFile(name ?? '', 'utf8')))).toEqual(['one', 'two']);
    expect(await readFile(path, 'utf8')).toBe('three');
  });

  it('takes the name only when the content is whole, so that a crash leaves no empty file', async () => {
    const path = join(folder, 'a.pem');
    const seen: string[][] = [];
    await exportFile({
      ...{ path, mode: 0o600, overwrite: false, now },
      async content(file) {
        seen.push(await readdir(folder));
        await file.writeFile('x');
      },
    });
    expect(seen.flat()).toHaveLength(1);
    expect(seen.flat()).not.toContain('a.pem');
    expect(await readdir(folder)).toEqual(['a.pem']);
  });

  it('does not move a folder out of the way', async () => {
    const path = join(folder, 'a.pem');
    await mkdir(path);
    for (const overwrite of [false, true])
      await expect(write(path, 'one', overwrite)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await readdir(folder)).toEqual(['a.pem']);
  });
});

it('says which folder is not there', async () => {
  await expect(write(join(folder, 'nowhere', 'a.pem'), 'x')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: `${join(folder, 'nowhere')} is not there. Check that the disk or stick is still connected.`,
  });
});

it('takes back nothing of what it found when its content was looked at and refused', async () => {
  const path = join(folder, 'a.pem');
  const check = (): Promise<void> => Promise.reject(new Error('looked at'));
  const options = { path, content: Buffer.from('new'), mode: 0o600, now, check };
  await expect(exportFile({ ...options, overwrite: false })).rejects.toThrow('looked at');
  expect(await readdir(folder)).toEqual([]);
  await writeFile(path, 'old');
  await expect(exportFile({ ...options, overwrite: true })).rejects.toThrow('looked at');
  expect(await readdir(folder)).toEqual(['a.pem']);
  expect(await readFile(path, 'utf8')).toBe('old');
});

describe('names and places the file system refuses', () => {
  it('are said in a sentence instead of as a mistake of Baleen', async () => {
    const loop = join(folder, 'loop');
    await symlink(loop, loop);
    for (const [path, said] of [
      [folder, /is a folder/],
      [join(folder, 'x'.repeat(300)), /name is too long/],
      [join(loop, 'a'), /lead back to themselves/],
    ] as const) {
      await expect(readFileLimited(path, 10_000)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(said),
      });
    }
    for (const path of [join(folder, 'x'.repeat(300)), join(loop, 'a')])
      await expect(write(path, 'x')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
