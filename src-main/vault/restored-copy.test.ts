import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { secondText } from '../lib/moment-text.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { backingUp, placeFor, restoring } from '../testing/test-backup.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';

// Several workspaces a test, each with a key derivation that is slow on purpose.
vi.setConfig({ testTimeout: 60_000 });

const ALL = { query: '', outcome: null, action: null, from: null, to: null, cursor: null, limit: 100 };
let app: TestApp;
let path: string;
beforeEach(async () => {
  app = await testApp();
  path = join(app.folder, 'a.baleen-backup');
  await app.create();
});
afterEach(() => app.remove());

async function backup(): Promise<void> {
  await app.result({ job: await backingUp(app, path) });
}

async function restore(folder: string | null): Promise<void> {
  expect(await app.ended(await restoring(app, path, folder, PASSPHRASE))).toMatchObject({ state: 'done' });
}

async function unlock(): Promise<void> {
  await expect.poll(async () => (await app.call('workspace.state', {})).state).toBe('locked');
  await app.call('workspace.unlock', { passphrase: PASSPHRASE });
}

async function openedFrom(folder: string): Promise<void> {
  await app.call('workspace.openFolder', { folder: await placeFor(app, 'workspace', folder) });
  await unlock();
}

const recentOf = async (folder: string) =>
  (await app.call('workspace.recent', {})).rows.find((row) => row.path === folder);

describe('a restored copy', () => {
  const item = async () =>
    (await app.call('overview.get', {})).attention.find(({ subject }) => subject === 'Restored copy');
  const original = async () => (await app.call('workspace.state', {})).workspace?.path ?? '';

  test('says so until a person settles it, in the recent list as well', async () => {
    await backup();
    expect(await item()).toBeUndefined();
    await expect(app.call('workspace.settleCopy', {})).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
    const madeAt = app.clock.now().toISOString();
    const first = await original();
    app.clock.advance(60_000);
    await app.call('workspace.close', {});
    const folder = join(app.folder, 'restored');
    await restore(folder);
    expect(await recentOf(folder)).toMatchObject({ lastOpenedAt: null, restoredAt: expect.any(String) });
    expect((await recentOf(first))?.restoredAt).toBeNull();
    await openedFrom(folder);
    expect(await item()).toMatchObject({
      severity: 'careful',
      detail: expect.stringContaining(`recorded after ${madeAt} is not known here`),
      action: { route: '/settings?open=copy' },
    });
    const { rows } = await app.call('audit.list', { ...ALL, action: 'workspace.restore' });
    expect(rows[0]?.summary).toBe(
      `Restored from the backup of ${secondText(madeAt)}; serials, numbers and records of later are not known in this copy`,
    );
    await app.call('workspace.lock', {});
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    expect(await item()).toBeDefined();
    await app.call('workspace.settleCopy', {});
    expect(await item()).toBeUndefined();
    expect(await app.call('workspace.restoredCopy', {})).toEqual({ copy: null });
    expect((await recentOf(folder))?.restoredAt).toBeNull();
    expect((await app.call('audit.list', { ...ALL, action: 'workspace.settleCopy' })).total).toBe(1);
  });

  test('made beside its open original knows what that did until then; a restore in place settles nothing and marks nothing', async () => {
    await backup();
    app.clock.advance(60_000);
    const folder = join(app.folder, 'restored');
    await restore(folder);
    const restoredAt = app.clock.now().toISOString();
    await restore(null);
    await unlock();
    expect(await item()).toBeUndefined();
    await openedFrom(folder);
    expect((await app.call('workspace.restoredCopy', {})).copy?.knownUntil).toBe(restoredAt);
    await restore(null);
    await unlock();
    expect(await item()).toBeDefined();
  });
});
