import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { backingUp, restoring, until } from '../testing/test-backup.ts';
import { lockWorkspace } from './workspace-lock.ts';

// Several workspaces a test, each with a key derivation that is slow on purpose.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let app: TestApp;
let path: string;
beforeEach(async () => {
  app = await testApp();
  path = join(app.folder, 'a.baleen-backup');
  await app.create();
  await app.result({ job: await backingUp(app, path) });
});
afterEach(() => app.remove());

/** Linux tells what a process holds; elsewhere nothing is asserted. */
function openFiles(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(join('/proc/self/fd', fd))];
    } catch {
      return [];
    }
  });
}

test.each([
  ['cancelled', (job: string) => app.call('jobs.cancel', { id: job })],
  ['overtaken by the lock', () => app.call('workspace.lock', {})],
])('%s at the last moment: no database of it stays open', async (_name, stop) => {
  const job = await restoring(app, path, null);
  await until(app, job, ({ progress }) => progress >= 0.9);
  await stop(job);
  await expect
    .poll(async () => (await app.call('jobs.list', {})).jobs.filter(({ state }) => state === 'running'), {
      timeout: 10_000,
    })
    .toEqual([]);
  expect(openFiles().filter((file) => file.includes('restoring'))).toEqual([]);
});

test.each(['Writing', 'Reading it back', 'Restoring it on trial'])(
  'a backup that is cancelled at "%s" takes no good one’s place',
  async (step) => {
    const good = readFileSync(path);
    const job = await backingUp(app, path);
    await until(app, job, (now) => now.step === step);
    await app.call('jobs.cancel', { id: job });
    expect(await app.ended(job)).toMatchObject({ state: 'cancelled' });
    expect(readFileSync(path).equals(good)).toBe(true);
    expect(readdirSync(app.folder).filter((name) => name.includes('baleen-backup'))).toEqual([
      'a.baleen-backup',
    ]);
  },
);

test('nobody opens the folder that a backup is being restored into', async () => {
  const folder = join(app.folder, 'restored');
  const job = await restoring(app, path, folder);
  await until(app, job, ({ progress }) => progress >= 0.5);
  expect(() => lockWorkspace(folder)).toThrow(/open in another window/);
  expect(await app.ended(job)).toMatchObject({ state: 'done' });
  lockWorkspace(folder)();
});

test('a restore ends with the application, also when no workspace is open', async () => {
  await app.call('workspace.close', {});
  const folder = join(app.folder, 'restored');
  const job = await restoring(app, path, folder);
  await until(app, job, ({ progress }) => progress >= 0.5);
  await app.close();
  expect(existsSync(folder)).toBe(false);
  expect(openFiles().filter((file) => file.includes('restored'))).toEqual([]);
});
