import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { PublisherOrder } from '../../testing/folder-publisher.ts';
import {
  BASE,
  entries,
  fetched,
  NEW,
  newFolders,
  NOTIFY,
  OLD,
  order,
  rsynced,
  SESSION,
  type Tree,
} from '../../testing/published-folder.ts';
import { publishFolder } from './publish-folder.ts';

const { newFolder, end } = newFolders();
afterAll(end);

test.each([true, false])(
  'publications follow each other, the one before stays (links: %s)',
  async (links) => {
    const folder = newFolder();
    const first = await publishFolder(order(folder, OLD, { links }));
    expect(first).toEqual({
      rsyncFolder: join(folder, 'rsync'),
      rrdpFolder: join(folder, 'rrdp'),
      files: 3,
      bytes: 25,
      session: { id: SESSION, serial: 1n },
    });
    expect(entries(rsynced(folder))).toEqual(entries(OLD));
    expect(fetched(folder)).toMatchObject({ serial: 1n, session: SESSION });
    for (const [at, set] of [NEW, OLD, NEW].entries()) {
      const { session } = await publishFolder(order(folder, set, { links, newSession: () => 'not asked' }));
      expect(session).toEqual({ id: SESSION, serial: BigInt(at + 2) });
      expect(entries(rsynced(folder))).toEqual(entries(set));
      expect(entries(fetched(folder).set)).toEqual(entries(set));
    }
    expect(lstatSync(join(folder, 'rsync')).isSymbolicLink()).toBe(links);
    expect(readdirSync(join(folder, 'versions'))).toEqual(
      links ? ['000003', '000004', '000004.list'] : ['000004.list', '000004.old'],
    );
    expect(readdirSync(join(folder, 'rrdp', SESSION)).toSorted()).toEqual(['3', '4']);
  },
);

test.each([true, false])(
  'a folder stands in the way of no file that has its name later, nor the other way round (links: %s)',
  async (links) => {
    const folder = newFolder();
    for (const set of [
      { 'ta.mft': 'a', 'ABCD.cer/x.roa': 'of a child' },
      { 'ta.mft': 'b', 'ABCD.cer': 'of the trust anchor' },
      { 'ta.mft': 'c', 'ABCD.cer/y.roa': 'of a child again' },
    ]) {
      await publishFolder(order(folder, set, { links }));
      expect(entries(rsynced(folder))).toEqual(entries(set));
    }
    // Both at once are refused by name, and what is out stays.
    const both = { 'ABCD.cer': 'file', 'ABCD.cer/x.roa': 'below it' };
    await expect(publishFolder(order(folder, both, { links }))).rejects.toThrow(
      /ABCD\.cer cannot be published: other objects need a folder of that name/,
    );
    expect(Object.keys(rsynced(folder)).toSorted()).toEqual(['ABCD.cer/y.roa', 'ta.mft']);
  },
);

test('everybody may read what is published, whatever the umask', async () => {
  const folder = newFolder();
  const before = process.umask(0o077);
  try {
    await publishFolder(order(folder, OLD));
  } finally {
    process.umask(before);
  }
  const modes = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink() && !/list$|json$/.test(entry.name))
    .map(
      (entry) => statSync(join(entry.parentPath, entry.name)).mode & (entry.isDirectory() ? 0o055 : 0o044),
    );
  expect(modes.every((mode) => mode === 0o055 || mode === 0o044)).toBe(true);
});

test('without a notification there is no RRDP, and an older one goes', async () => {
  const folder = newFolder();
  await publishFolder(order(folder, OLD));
  const { rrdpFolder, session } = await publishFolder(order(folder, NEW, { notify: null }));
  expect({ rrdpFolder, session }).toEqual({ rrdpFolder: null, session: null });
  expect(existsSync(join(folder, 'rrdp'))).toBe(false);
  const other = NOTIFY.replace('notification', 'notify');
  await publishFolder(order(folder, NEW, { notify: other }));
  expect(await publishFolder(order(folder, NEW))).toMatchObject({ session: { serial: 2n } });
  expect(readdirSync(join(folder, 'rrdp')).toSorted()).toEqual([SESSION, 'notification.xml']);
});

test('moving from a system without links to one with them, and back', async () => {
  const folder = newFolder();
  for (const links of [false, true, true, false, false]) {
    await publishFolder(order(folder, links ? NEW : OLD, { links }));
    expect(entries(rsynced(folder))).toEqual(entries(links ? NEW : OLD));
  }
});

test('a notification that is no file of a web server', async () => {
  for (const notify of ['http://h/n.xml', 'https://h/', 'https://h/notification', 'https://h/n.xml?x'])
    await expect(publishFolder(order(newFolder(), OLD, { notify }))).rejects.toThrow(
      /no https URI of a notification/,
    );
});

test('a disk that fails leaves the set before, and nothing half-written', async () => {
  const folder = newFolder();
  await publishFolder(order(folder, OLD));
  const step = async (name: string): Promise<void> => {
    if (name.startsWith('wrote')) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  };
  await expect(publishFolder(order(folder, NEW, { step }))).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(entries(rsynced(folder))).toEqual(entries(OLD));
  expect(readdirSync(join(folder, 'versions'))).toEqual(['000001', '000001.list']);
});

test('cut off where no link can be switched, the set before comes back', async () => {
  const folder = newFolder();
  await publishFolder(order(folder, OLD, { links: false }));
  renameSync(join(folder, 'rsync'), join(folder, 'versions', '000002.old'));
  mkdirSync(join(folder, 'versions', '000002'));
  const step = async (name: string): Promise<void> => {
    if (name === 'begun') throw new Error('stop');
  };
  await expect(publishFolder(order(folder, NEW, { links: false, step }))).rejects.toThrow('stop');
  expect(entries(rsynced(folder))).toEqual(entries(OLD));
});

test('what reads back otherwise is not published', async () => {
  const folder = newFolder();
  await publishFolder(order(folder, OLD));
  const step = async (name: string): Promise<void> => {
    if (name === 'wrote ta.crl') writeFileSync(join(folder, 'versions', '000002.part', 'ta.crl'), 'spoilt');
  };
  await expect(publishFolder(order(folder, NEW, { step }))).rejects.toThrow(/does not read back the same/);
  expect(entries(rsynced(folder))).toEqual(entries(OLD));
});

describe('kill -9 after any step', () => {
  const program = new URL('../../testing/folder-publisher.ts', import.meta.url).pathname;
  const withBase = (set: Tree): Tree =>
    Object.fromEntries(Object.entries(set).map(([path, text]) => [`${BASE}${path}`, text]));

  /** Publishes in a process of its own; whether it was killed. */
  function killed(folder: string, set: Tree, links: boolean, killAfter: number): boolean {
    const input: PublisherOrder = {
      ...{ folder, base: BASE, objects: withBase(set), notify: NOTIFY, session: SESSION },
      ...{ links, killAfter },
    };
    const { signal, status, stderr } = spawnSync(process.execPath, [program], {
      input: JSON.stringify(input),
    });
    if (signal === null && status !== 0) throw new Error(stderr.toString('utf8'));
    return signal === 'SIGKILL';
  }

  test.each([true, false])(
    'leaves the old set or the new one, and the next publication works (links: %s)',
    { timeout: 120_000 },
    async (links) => {
      const seen = new Set<string>();
      let steps = 0;
      for (let isKilled = true; isKilled;) {
        const folder = newFolder();
        await publishFolder(order(folder, OLD, { links }));
        steps += 1;
        isKilled = killed(folder, NEW, links, steps);
        const rsync = JSON.stringify(entries(rsynced(folder)));
        const rrdp = JSON.stringify(entries(fetched(folder).set));
        const wanted = [JSON.stringify(entries(OLD)), JSON.stringify(entries(NEW))];
        expect(wanted).toContain(rsync);
        expect(wanted).toContain(rrdp);
        seen.add(`${wanted.indexOf(rsync)}${wanted.indexOf(rrdp)}`);
        const { session } = await publishFolder(order(folder, { 'ta.mft': 'third' }, { links }));
        expect(session?.serial).toBeGreaterThan(1n);
        expect(entries(rsynced(folder))).toEqual([['ta.mft', 'third']]);
        expect(entries(fetched(folder).set)).toEqual([['ta.mft', 'third']]);
        expect(readdirSync(join(folder, 'versions')).length).toBeLessThanOrEqual(3);
      }
      expect(steps).toBeGreaterThan(9);
      // rsync changes first, the notification last.
      expect([...seen]).toEqual(['00', '10', '11']);
    },
  );
});
