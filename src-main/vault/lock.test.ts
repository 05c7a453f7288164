/** Locking: nothing is answered from its first moment on, what is under way may end, and nothing that hangs keeps it open. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';

vi.setConfig({ testTimeout: 20_000 });

const never = (): Promise<void> => new Promise(() => undefined);

describe('a step that hangs', () => {
  let made: ReturnType<typeof testVault>;
  beforeEach(async () => {
    made = testVault();
    await made.create();
  });
  afterEach(() => made.remove());

  /** Lets time pass until `locking` has ended. */
  async function passing(locking: Promise<void>): Promise<void> {
    const state = { over: false };
    const done = locking.finally(() => (state.over = true));
    while (!state.over) {
      made.clock.advance(1000);
      await new Promise(setImmediate);
    }
    await done;
  }

  test('does not keep it open: it is locked at once, and the keys go', async () => {
    made.vault.onLock(never);
    const session = made.vault.session();
    const locking = made.vault.lock();
    expect(made.vault.stateName()).toBe('locked');
    await passing(locking);
    expect(() => made.vault.session()).toThrow(/locked/);
    expect(() => session.seal('key-a', new Uint8Array(8))).toThrow(/locked/);
    await expect(session.store.run('audit.head', {})).rejects.toMatchObject({ code: 'LOCKED' });
    expect(
      made.vault
        .opened()
        ?.notices.map(({ text }) => text)
        .join(),
    ).toContain('3 steps of locking failed');
    expect(made.lines.join()).toContain('did not end within');
    await made.domain.unlock({ passphrase: PASSPHRASE });
    expect(made.vault.stateName()).toBe('unlocked');
    expect((await made.audit.domain.verify({ written: '' })).faults).toEqual([]);
    await passing(made.vault.close());
  });

  test('what still runs in the vault is locked behind, and answers nothing new meanwhile', async () => {
    const next = 'velvet Harbor 9 ochre plinth';
    const by = { type: 'passphrase', secret: PASSPHRASE } as const;
    const changing = made.vault.replaceSlot('passphrase', by, next, {
      action: 'workspace.changePassphrase',
      intent: 'about to be changed',
      done: 'changed',
    });
    const locking = made.vault.lock();
    expect(made.vault.stateName()).toBe('locked');
    await Promise.all([changing, locking]);
    await made.domain.unlock({ passphrase: next });
  });
});

describe('what is under way', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp();
    await app.create();
  });
  afterEach(() => app.remove());

  const records = async () =>
    (await app.call('audit.list', { action: 'keys.export' })).rows.map(
      ({ outcome, summary }) => `${outcome} ${summary.split(` to ${app.folder}`)[0] ?? ''}`,
    );

  test('a key that leaves while it is locked is on record', async () => {
    const id = await app.result(await app.call('keys.create', { algorithm: 'p-256', label: 'canary' }));
    const path = join(app.folder, 'out.key');
    app.places.push(path);
    const { chosen } = await app.call('dialogs.saveFile', { purpose: 'privateKey', suggestedName: 'a.key' });
    const exporting = app.call('keys.export', {
      id,
      target: chosen?.ticket ?? '',
      passphrase: 'correct horse battery',
      overwrite: false,
    });
    // The derivation of its encryption takes longer than this.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const locking = app.call('workspace.lock', {});
    await expect(app.call('keys.list', {})).rejects.toMatchObject({ code: 'LOCKED' });
    expect((await app.call('workspace.state', {})).state).toBe('locked');
    expect(await exporting).toEqual({ path });
    await locking;
    expect(readFileSync(path, 'utf8')).toContain('ENCRYPTED PRIVATE KEY');
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    expect(await records()).toEqual([
      'done The private key "canary" was exported encrypted',
      'done The private key "canary" is about to be exported encrypted',
    ]);
  });

  test('a key that cannot be written is on record before it could be, and a question leaves none', async () => {
    const id = await app.result(await app.call('keys.create', { algorithm: 'p-256', label: 'canary' }));
    const exported = async (path: string) => {
      app.places.push(path);
      const { chosen } = await app.call('dialogs.saveFile', {
        purpose: 'privateKey',
        suggestedName: 'a.key',
      });
      const target = chosen?.ticket ?? '';
      return app.call('keys.export', { id, target, passphrase: null, overwrite: false });
    };
    await expect(exported(join(app.folder, 'no', 'such', 'a.key'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await records()).at(-1)).toBe(
      'done The private key "canary" is about to be exported UNENCRYPTED',
    );
    expect(await records()).toHaveLength(2);
    const path = join(app.folder, 'a.key');
    await exported(path);
    expect(existsSync(path)).toBe(true);
    await expect(exported(path)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect((await records()).filter((line) => line.includes('about to be'))).toHaveLength(2);
  });
});
