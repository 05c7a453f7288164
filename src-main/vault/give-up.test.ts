/** What Baleen takes away when a creation or restore comes to nothing: its own, and nobody else's. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { backingUp, restoring, until } from '../testing/test-backup.ts';
import { takeNewFolder } from './workspace-folder.ts';

vi.setConfig({ testTimeout: 20_000 });

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create();
});
afterEach(() => app.remove());

test('a restore that is cancelled leaves what others put into its folder meanwhile', async () => {
  const path = join(app.folder, 'a.baleen-backup');
  await app.ended(await backingUp(app, path));
  const folder = join(app.folder, 'new', 'place');
  const job = await restoring(app, path, folder);
  await until(app, job, ({ step }) => step === 'Restoring' || step === 'Checking the backup');
  mkdirSync(join(folder, 'theses'));
  writeFileSync(join(folder, 'theses', 'only-copy.odt'), 'years of work');
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  await app.call('jobs.cancel', { id: job });
  expect((await app.ended(job)).state).toBe('cancelled');
  expect(readFileSync(join(folder, 'theses', 'only-copy.odt'), 'utf8')).toBe('years of work');
  expect(readdirSync(folder).toSorted()).toEqual(['notes.txt', 'theses']);
});

test('what Baleen made goes, with the folders it made; one that was there before stays', async () => {
  const made = join(app.folder, 'new', 'place');
  mkdirSync(join(app.folder, 'old'));
  for (const folder of [made, join(app.folder, 'old')]) {
    const place = await takeNewFolder(folder);
    for (const name of ['workspace.db', 'workspace.db-wal', 'audit.jsonl', '.baleen-0123456789abcdef.tmp'])
      writeFileSync(join(folder, name), 'x');
    mkdirSync(join(folder, 'restoring'));
    await place.giveUp();
  }
  expect(existsSync(join(app.folder, 'new'))).toBe(false);
  expect(readdirSync(join(app.folder, 'old'))).toEqual([]);
});
