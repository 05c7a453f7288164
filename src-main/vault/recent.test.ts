import { cpSync } from 'node:fs';
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
  const header = { id: 'ws-a', name: 'A', kind: 'online' } as Parameters<typeof recent.opened>[0];
  const paths = Array.from({ length: 8 }, (_, n) => `/workspaces/${n}`);
  await Promise.all(paths.map((path) => recent.opened(header, path, new Date())));
  expect((await recent.rows()).map(({ path }) => path).toSorted()).toEqual(paths);
});
