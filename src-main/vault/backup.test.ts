import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { backingUp, placeFor, restoring, until, type TestPlace } from '../testing/test-backup.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';

// Several workspaces a test, each with a key derivation that is slow on purpose.
vi.setConfig({ testTimeout: 20_000 });

let app: TestApp;
let path: string;
beforeEach(async () => {
  app = await testApp();
  path = join(app.folder, 'a.baleen-backup');
  await app.create();
});
afterEach(() => app.remove());

async function newKey(label: string): Promise<string> {
  return app.result(await app.call('keys.create', { algorithm: 'p-256', label }));
}

const place = (purpose: TestPlace, where: string) => placeFor(app, purpose, where);

async function backup(): Promise<void> {
  await app.result({ job: await backingUp(app, path) });
}

async function restore(folder: string | null, passphrase = PASSPHRASE) {
  return app.ended(await restoring(app, path, folder, passphrase));
}

async function labels(): Promise<string[]> {
  const { rows } = await app.call('keys.list', {});
  return rows.map(({ label }) => label).toSorted();
}

async function openedFrom(folder: string): Promise<void> {
  await app.call('workspace.openFolder', { folder: await place('workspace', folder) });
  await app.call('workspace.unlock', { passphrase: PASSPHRASE });
}

async function locked(): Promise<void> {
  await expect.poll(async () => (await app.call('workspace.state', {})).state).toBe('locked');
}

test('a backup is one private file that holds nothing in clear, and is restored elsewhere', async () => {
  await newKey('Canary-label-7419');
  await backup();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path).includes('Canary-label-7419')).toBe(false);
  const workspace = (await app.call('workspace.state', {})).workspace?.path ?? '';
  expect(readdirSync(workspace).filter((name) => /backup|trial/.test(name))).toEqual([]);

  const folder = join(app.folder, 'restored');
  expect(await restore(folder)).toMatchObject({ state: 'done' });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const before = await app.call('audit.list', ALL);
  await openedFrom(folder);
  expect(await labels()).toEqual(['Canary-label-7419']);
  const after = await app.call('audit.list', ALL);
  expect(after.rows.map(({ action }) => action)).toContain('workspace.restore');
  // All that the backup held is in it, unchanged.
  const known = new Set(after.rows.map(({ hash }) => hash));
  expect(before.rows.filter(({ hash }) => known.has(hash)).length).toBeGreaterThan(2);
  expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
});

const ALL = { query: '', outcome: null, action: null, from: null, to: null, cursor: null, limit: 100 };

describe('in place', () => {
  test('objects go back, ledger and audit never do', async () => {
    await newKey('one');
    await backup();
    await newKey('two');
    const entries = (await app.call('audit.head', {})).entries;
    expect(await restore(null)).toMatchObject({ state: 'done' });
    await locked();
    const { notices } = await app.call('workspace.state', {});
    expect(notices.map(({ text }) => text).join()).toContain('Restored from the backup of');
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    expect(await labels()).toEqual(['one']);
    expect((await app.call('audit.head', {})).entries).toBeGreaterThan(entries);
    expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
    // The restored workspace goes on working.
    await newKey('three');
    expect(await labels()).toEqual(['one', 'three']);
  });

  test('a passphrase changed since stays the present one', async () => {
    await backup();
    const next = 'velvet Harbor 9 ochre plinth';
    await app.call('workspace.changePassphrase', { current: PASSPHRASE, next });
    expect(await restore(null)).toMatchObject({ state: 'done' });
    await locked();
    await expect(app.call('workspace.unlock', { passphrase: PASSPHRASE })).rejects.toMatchObject({
      code: 'WRONG_PASSPHRASE',
    });
    app.clock.advance(60_000);
    await app.call('workspace.unlock', { passphrase: next });
  });

  test('a key that was destroyed since lives again', async () => {
    const id = await newKey('one');
    await backup();
    const { key } = await app.call('keys.get', { id });
    await app.call('keys.destroy', { id, confirm: key.keyId.slice(-8) });
    expect(await restore(null)).toMatchObject({ state: 'done' });
    await locked();
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    const target = await place('key', join(app.folder, 'one.key'));
    await app.call('keys.export', { id, target, passphrase: null, overwrite: false });
    expect(readFileSync(join(app.folder, 'one.key'), 'utf8')).toContain('BEGIN PRIVATE KEY');
  });

  test('closed before the database is replaced: nothing changes, nothing is left', async () => {
    await newKey('one');
    await backup();
    await newKey('two');
    const where = (await app.call('workspace.state', {})).workspace?.path ?? '';
    const job = await restoring(app, path, null);
    await until(app, job, ({ progress }) => progress >= 0.5);
    await app.call('workspace.close', {});
    await expect.poll(() => existsSync(join(where, 'restoring'))).toBe(false);
    await openedFrom(where);
    expect([['one'], ['one', 'two']]).toContainEqual(await labels());
    expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
  });

  test('a job is done when the database is in its place, and failed when it could not be', async () => {
    await backup();
    const where = (await app.call('workspace.state', {})).workspace?.path ?? '';
    const fork = join(app.folder, 'fork');
    await app.call('workspace.lock', {});
    cpSync(where, fork, { recursive: true, filter: (file) => basename(file) !== 'lock' });
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    await newKey('here');
    await backup();
    await openedFrom(fork);
    await newKey('there');
    // Two lines of history: found out only after the workspace was locked for it.
    const ended = await restore(null);
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'CONFLICT' } });
    const { state, notices } = await app.call('workspace.state', {});
    expect(state).toBe('locked');
    expect(notices.map(({ text }) => text).join()).toContain('another line of history');
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    expect(await labels()).toEqual(['there']);
    const { rows } = await app.call('audit.list', ALL);
    expect(rows.filter(({ summary }) => summary.includes('another line of history'))).toHaveLength(1);
  });

  test('another workspace’s backup is refused', async () => {
    await backup();
    await app.create('online', 'Another');
    expect(await restore(null)).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('another workspace') },
    });
    const { rows } = await app.call('audit.list', ALL);
    expect(
      rows.filter(({ action, outcome }) => action === 'workspace.restore' && outcome === 'failed'),
    ).toHaveLength(1);
  });
});

describe('what is refused, and changes nothing', () => {
  beforeEach(backup);

  test('a wrong passphrase', async () => {
    const folder = join(app.folder, 'restored');
    expect(await restore(folder, 'wrong')).toMatchObject({ error: { code: 'WRONG_PASSPHRASE' } });
    expect(existsSync(folder)).toBe(false);
  });

  test('a folder that is not empty', async () => {
    const folder = join(app.folder, 'full');
    mkdirSync(folder);
    writeFileSync(join(folder, 'mine'), 'mine');
    expect(await restore(folder)).toMatchObject({ error: { code: 'FILE_EXISTS' } });
    expect(readFileSync(join(folder, 'mine'), 'utf8')).toBe('mine');
  });

  test('every altered octet that was tried, and every cut', async () => {
    const whole = readFileSync(path);
    const folder = join(app.folder, 'restored');
    const tried = [0, 17, 60, 200, Math.floor(whole.length / 2), whole.length - 40, whole.length - 1];
    for (const offset of tried) {
      const altered = Buffer.from(whole);
      altered[offset] = (altered[offset] ?? 0) ^ 1;
      writeFileSync(path, altered);
      const ended = await restore(folder).catch((error: unknown) => error);
      expect(ended, `octet ${offset}`).not.toMatchObject({ state: 'done' });
      expect(existsSync(folder)).toBe(false);
    }
    for (const length of [0, 10, 500, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      await expect(restore(folder)).rejects.toThrow(/not a backup|altered or is cut off/);
    }
  });

  test('a file of a newer Baleen, and one of another kind', async () => {
    const whole = readFileSync(path);
    writeFileSync(path, Buffer.concat([Buffer.from('BALEEN-BACKUP-2\n'), whole.subarray(16)]));
    await expect(restore(join(app.folder, 'x'))).rejects.toMatchObject({ code: 'WORKSPACE_NEWER' });
    writeFileSync(path, '-----BEGIN CERTIFICATE-----\n');
    await expect(restore(join(app.folder, 'x'))).rejects.toThrow(/is not a backup/);
  });

  test('a folder where the backup is to be read from, or a file where its folder is to be', async () => {
    path = join(app.folder, 'place');
    mkdirSync(path);
    await expect(restore(join(app.folder, 'x'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: `${path} is a folder. Choose a file.`,
    });
    expect(await app.ended(await backingUp(app, path))).toMatchObject({
      state: 'failed',
      error: { code: 'INVALID_INPUT', message: `${path} is a folder. Choose a file.` },
    });
    expect(readdirSync(app.folder)).toContain('place');
    expect(readdirSync(app.folder).filter((name) => name.includes('.bak-'))).toEqual([]);
    writeFileSync(join(app.folder, 'file'), 'x');
    path = join(app.folder, 'file', 'a.baleen-backup');
    expect(await app.ended(await backingUp(app, path))).toMatchObject({
      state: 'failed',
      error: { code: 'NOT_FOUND', message: `${path} does not lie in a folder. Choose another place.` },
    });
  });

  test('writing over a file nobody agreed to replace', async () => {
    const target = await place('save', path);
    await expect(app.call('workspace.backup', { target, overwrite: false })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
    // Agreed: the old one is kept beside it.
    await backup();
    expect(readdirSync(app.folder).filter((name) => name.includes('.bak-'))).toHaveLength(1);
  });

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written', async () => {
    const folder = join(app.folder, 'closed');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    path = join(folder, 'b.baleen-backup');
    const target = await place('save', path);
    const { job } = await app.call('workspace.backup', { target, overwrite: false });
    expect(await app.ended(job)).toMatchObject({ error: { code: 'PERMISSION_DENIED' } });
  });
});

test('the recovery key opens a backup too', async () => {
  const { recoveryKey } = await app.call('workspace.showRecoveryKey', { passphrase: null });
  await backup();
  const folder = join(app.folder, 'restored');
  expect(await restore(folder, recoveryKey.toLowerCase())).toMatchObject({ state: 'done' });
});
