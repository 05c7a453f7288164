import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { isCutOff, temporaryName } from '../../lib/atomic-file.ts';
import {
  BASE,
  entries,
  NEW,
  newFolders,
  OLD,
  order,
  rsynced,
  SESSION,
} from '../../testing/published-folder.ts';
import { type PublicationOrder, publishFolder } from './publish-folder.ts';

const { newFolder, end } = newFolders();
afterAll(end);

describe('what was not made here is neither overwritten nor removed', () => {
  const said = async (folder: string, more: Partial<PublicationOrder> = {}): Promise<string> => {
    const error: unknown = await publishFolder(order(folder, NEW, more)).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'FILE_EXISTS' });
    return (error as AppError).message;
  };

  test('a folder of somebody else', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    for (const name of ['a', 'b', 'c', 'd', 'rsync']) writeFileSync(join(folder, name), name);
    expect(await said(folder)).toContain('not published from here: a, b, c and 2 more.');
    expect(readdirSync(folder)).toHaveLength(5);
  });

  test.each([
    'notes.txt',
    'rsync/ta.cer',
    'rsync/online/x',
    'rrdp/index.html',
    'versions/x',
    `rrdp/${SESSION}/x`,
  ])('%s that came later', async (name) => {
    const folder = newFolder();
    await publishFolder(order(folder, OLD));
    writeFileSync(join(folder, name), 'x');
    expect(await said(folder)).toContain(`not published from here: ${name}.`);
    expect(readFileSync(join(folder, name), 'utf8')).toBe('x');
    rmSync(join(folder, name));
    expect(entries(rsynced(folder))).toEqual(entries(OLD));
  });

  test.each(['.', 'rrdp', 'versions'])(
    'what a write that was cut off left in %s is our own: it goes with the next publication',
    async (place) => {
      const folder = newFolder();
      await publishFolder(order(folder, OLD));
      writeFileSync(join(folder, place, temporaryName()), 'half');
      await publishFolder(order(folder, NEW));
      expect(readdirSync(join(folder, place)).filter(isCutOff)).toEqual([]);
      expect(entries(rsynced(folder))).toEqual(entries(NEW));
    },
  );

  test('cut off before anything was published, it goes on', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, temporaryName()), 'half');
    await publishFolder(order(folder, OLD));
    expect(readdirSync(folder).filter(isCutOff)).toEqual([]);
  });

  test('another base, and a marker that says nothing', async () => {
    const folder = newFolder();
    await publishFolder(order(folder, OLD));
    expect(await said(folder, { base: `${BASE}x/`, objects: [] })).toContain(
      `below ${BASE}, not below ${BASE}x/`,
    );
    writeFileSync(join(folder, 'baleen-publication.json'), '{');
    expect(await said(folder)).toContain('is damaged');
  });
});

test.each(['not there', 'empty'])(
  'a folder that was published into and is %s is not made anew',
  async (how) => {
    const folder = newFolder();
    await publishFolder(order(folder, OLD));
    const away = `${folder}-away`;
    renameSync(folder, away);
    if (how === 'empty') mkdirSync(folder);
    await expect(publishFolder(order(folder, NEW, { again: true }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/which was published into, is (?:empty|not there).*: mount it/),
    });
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(away, folder);
    expect(await publishFolder(order(folder, NEW, { again: true }))).toMatchObject({
      session: { serial: 2n },
    });
  },
);
