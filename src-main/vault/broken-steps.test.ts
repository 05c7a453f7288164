import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { wizard, draftOf } from '../testing/test-wizard.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { testRandom } from '../testing/test-ports.ts';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';
import { newRecoveryKey } from './recovery-key.ts';

// Several workspaces a test, each with a key derivation that is slow on purpose.
vi.setConfig({ testTimeout: 20_000 });

let app: TestApp;
let folder: string;
beforeEach(async () => {
  app = await testApp();
  await app.create();
  folder = (await app.call('workspace.state', {})).workspace?.path ?? '';
});
afterEach(() => app.remove());

const state = async () => (await app.call('workspace.state', {})).state;
const unlock = (passphrase = PASSPHRASE) => app.call('workspace.unlock', { passphrase });

describe('unlocking that breaks off', () => {
  test('nothing is open, and no passphrase is taken as right', async () => {
    await app.call('workspace.lock', {});
    const file = join(folder, 'audit.jsonl');
    renameSync(file, `${file}.away`);
    // A folder where a file is wanted: every read and write of it fails.
    mkdirSync(file);
    await expect(unlock()).rejects.toThrow();
    expect(await state()).toBe('locked');
    await expect(unlock('wrong wrong wrong')).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(app.call('ca.authorities', {})).rejects.toMatchObject({ code: 'LOCKED' });
    rmSync(file, { recursive: true });
    renameSync(`${file}.away`, file);
    await unlock();
    expect(await state()).toBe('unlocked');
  });

  test('a half-written list of attempts does not lock the operator out', async () => {
    await app.call('workspace.lock', {});
    writeFileSync(join(folder, 'attempts.json'), '');
    await unlock();
    expect(await state()).toBe('unlocked');
  });
});

test('locking that meets a fault still locks, says so, and so does the idle timer', async () => {
  rmSync(join(folder, 'audit-head.json'), { force: true });
  mkdirSync(join(folder, 'audit-head.json'));
  await app.call('workspace.lock', {});
  expect(await state()).toBe('locked');
  const { notices } = await app.call('workspace.state', {});
  expect(notices.map(({ text }) => text)).toEqual([expect.stringMatching(/a step of locking failed/)]);
  await app.call('workspace.dismissNotice', { text: notices[0]?.text ?? '' });
  expect((await app.call('workspace.state', {})).notices).toEqual([]);
  await unlock();
  await app.call('workspace.lock', {});
  expect((await app.call('workspace.state', {})).notices).toHaveLength(1);
  await unlock();
  expect(
    (await app.call('workspace.state', {})).notices.filter(({ text }) => text.includes('step of locking')),
  ).toEqual([]);
  await app.later(3_600_000);
  expect(await state()).toBe('unlocked');
});

test('a recovery key that opens nothing is not taken as checked', async () => {
  const made = testVault();
  await made.create();
  const { recoveryKey } = await made.domain.showRecoveryKey({ passphrase: null });
  const { positions } = await made.domain.recoveryParts({});
  const parts = positions.map((position) => recoveryKey.split('-')[position] ?? '');
  // The slot is another one than the text that is shown.
  const by = { type: 'passphrase', secret: PASSPHRASE } as const;
  await made.vault.replaceSlot('recovery', by, newRecoveryKey(testRandom), {
    action: 'a.b',
    intent: 'a',
    done: 'b',
  });
  await expect(made.domain.verifyRecoveryKey({ parts })).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  expect(made.vault.opened()?.header.recoveryVerified).toBe(false);
  await made.remove();
});

test('an audit file that was taken away is a finding', async () => {
  rmSync(join(folder, 'audit.jsonl'));
  const { faults } = await app.call('audit.verify', { written: '' });
  expect(faults.length).toBeGreaterThan(0);
});

test('a recent list that cannot be written does not undo a new workspace', async () => {
  const other = await testApp();
  mkdirSync(join(other.folder, 'config', 'recent.json'), { recursive: true });
  await other.create();
  const made = (await other.call('workspace.state', {})).workspace?.path ?? '';
  expect(readdirSync(made)).toContain('workspace.db');
  await other.remove();
});

test('path lengths of everything above count: what no verifier accepts is not offered', async () => {
  const by = wizard(app);
  const root = await by.signed(draftOf('root', 'Root', { pathLength: 1 }));
  const unbounded = await by.reviewOf(draftOf('intermediate', 'A', { issuer: root, pathLength: null }));
  expect(unbounded.problems.map(({ path }) => path)).toEqual(['pathLength']);
  const middle = await by.signed(draftOf('intermediate', 'A', { issuer: root, pathLength: 0 }));
  const below = await by.reviewOf(draftOf('intermediate', 'B', { issuer: middle, pathLength: 0 }));
  expect(below.problems.map(({ path }) => path)).toEqual(['issuer']);
});

test('a head with fewer digits than it prints confirms nothing', async () => {
  for (const written of ['2 zz', '1 5', '1 ABCD'])
    await expect(app.call('audit.verify', { written })).rejects.toThrow(/not readable/);
});
