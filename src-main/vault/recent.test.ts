import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testVault } from '../testing/test-workspace.ts';
import { createRecent } from './recent.ts';

let made: ReturnType<typeof testVault>;
beforeEach(() => {
  made = testVault();
});
afterEach(() => made.remove());

test('a copy of a workspace has a row of its own: it is opened and forgotten alone', async () => {
  const first = await made.create('Example');
  await made.vault.close();
  // As a backup restored into a new folder: another place, the same workspace.
  const second = join(made.folder, 'workspaces', 'Copy');
  cpSync(first, second, { recursive: true });
  await made.vault.open(second);
  await made.vault.close();
  const { rows } = await made.domain.recent({});
  expect(rows.map(({ path, problem }) => [path, problem])).toEqual([
    [second, null],
    [first, null],
  ]);
  for (const { id, path } of rows) {
    await made.domain.openRecent({ id });
    expect(made.vault.opened()?.folder).toBe(path);
    await made.vault.close();
  }
  const copy = (await made.domain.recent({})).rows.find(({ path }) => path === second);
  await made.domain.forget({ id: copy?.id ?? '' });
  expect((await made.domain.recent({})).rows.map(({ path }) => path)).toEqual([first]);
});

test('changes at the same time come one after the other: none is lost', async () => {
  const recent = createRecent(join(made.folder, 'config-of-its-own'));
  const header = { id: 'ws-a', name: 'A', kind: 'online' } as Parameters<typeof recent.keep>[0];
  const paths = Array.from({ length: 8 }, (_, n) => `/workspaces/${n}`);
  await Promise.all(paths.map((path) => recent.keep(header, path, { how: 'opened', now: new Date() })));
  expect((await recent.rows()).map(({ path }) => path).toSorted()).toEqual(paths);
});

test('a restored copy is said until it is settled, and is not called opened before it was', async () => {
  const recent = createRecent(join(made.folder, 'config-of-its-own'));
  const header = { id: 'ws-a', name: 'A', kind: 'online' } as Parameters<typeof recent.keep>[0];
  const seen: [string | null, string | null][] = [];
  for (const [hour, how] of (['restored', 'opened', 'settled', 'opened'] as const).entries()) {
    await recent.keep(header, '/copy', { how, now: new Date(Date.UTC(2026, 10, 24, hour)) });
    for (const { lastOpenedAt, restoredAt } of await recent.rows()) seen.push([lastOpenedAt, restoredAt]);
  }
  const at = (hour: number): string => `2026-11-24T0${hour}:00:00.000Z`;
  expect(seen).toEqual([
    [null, at(0)],
    [at(1), at(0)],
    [at(2), null],
    [at(3), null],
  ]);
});

test('a list of an older Baleen is read', async () => {
  const config = join(made.folder, 'config-of-its-own');
  mkdirSync(config);
  const row = { id: 'ws-a', name: 'A', kind: 'online', path: '/a', lastOpenedAt: '2026-11-24T00:00:00.000Z' };
  writeFileSync(join(config, 'recent.json'), JSON.stringify([row]));
  expect(await createRecent(config).rows()).toMatchObject([{ name: 'A', restoredAt: null }]);
});
