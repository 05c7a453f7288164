import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { backingUp, restoring } from '../testing/test-backup.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';

vi.setConfig({ testTimeout: 20_000 });

let app: TestApp;
let path: string;
beforeEach(async () => {
  app = await testApp();
  path = join(app.folder, 'a.baleen-backup');
  await app.create();
  await app.ended(await backingUp(app, path));
});
afterEach(() => app.remove());

const guess = async (words: string) => (await app.ended(await restoring(app, path, null, words))).error?.code;

test('wrong passphrases of a backup slow down, locked or not, and count with those of the unlock', async () => {
  expect([await guess('one'), await guess('two'), await guess('three'), await guess('four')]).toEqual([
    'WRONG_PASSPHRASE',
    'WRONG_PASSPHRASE',
    'WRONG_PASSPHRASE',
    'SLOW_DOWN',
  ]);
  await app.call('workspace.lock', {});
  expect((await app.call('workspace.state', {})).retryAt).not.toBeNull();
  await expect(app.call('workspace.unlock', { passphrase: PASSPHRASE })).rejects.toMatchObject({
    code: 'SLOW_DOWN',
  });
  app.clock.advance(1000);
  await app.call('workspace.unlock', { passphrase: PASSPHRASE });
});

test('so they do for a backup of no open workspace, many at once as well', async () => {
  await app.call('workspace.close', {});
  const jobs = await Promise.all(
    ['1', '2', '3', '4', '5'].map((words) => restoring(app, path, join(app.folder, words), words)),
  );
  const codes = await Promise.all(jobs.map(async (job) => (await app.ended(job)).error?.code));
  expect(codes.filter((code) => code === 'SLOW_DOWN')).toHaveLength(2);
  app.clock.advance(1000);
  const job = await restoring(app, path, join(app.folder, 'right'));
  expect((await app.ended(job)).state).toBe('done');
});

test('a list of recent workspaces that cannot be written fails no restore, which is on record', async () => {
  const config = join(app.folder, 'config', 'recent.json');
  rmSync(config);
  mkdirSync(config);
  const folder = join(app.folder, 'restored');
  expect((await app.ended(await restoring(app, path, folder))).state).toBe('done');
  const { rows } = await app.call('audit.list', { action: 'workspace.restore' });
  expect(rows).toMatchObject([{ outcome: 'done', summary: expect.stringContaining(folder) }]);
  expect(readFileSync(join(folder, 'workspace.json'), 'utf8')).toContain('baleen-workspace');
});
