import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';

let made: ReturnType<typeof testVault>;
let recoveryKey: string;
beforeEach(async () => {
  made = testVault();
  await made.create();
  ({ recoveryKey } = await made.domain.showRecoveryKey({ passphrase: null }));
});
afterEach(() => made.remove());

const NEXT = 'granite Falcon 3 mosaic tide';

/** What is on record of one action, oldest first. */
async function recorded(action: string): Promise<string[]> {
  const { rows } = await made.audit.domain.list({
    ...{ query: '', outcome: null, from: null, to: null, cursor: null, limit: 100 },
    action,
  });
  return rows.map(({ outcome, summary }) => `${outcome}: ${summary}`).toReversed();
}

/** From the write number `at` on, the database takes nothing: as if the process had died there. */
function dieAt(at: number): void {
  const { store } = made.vault.session();
  const { run } = store;
  let writes = 0;
  vi.spyOn(store, 'run').mockImplementation((name, args) => {
    if (name === 'settings.put') writes += 1;
    return writes >= at ? Promise.reject(new Error('the process died')) : run(name, args);
  });
}

async function unlocked(passphrase: string): Promise<void> {
  await made.vault.lock();
  await made.domain.unlock({ passphrase });
}

test('each change of the header has its intent on record before, and what came of it after', async () => {
  await made.domain.changePassphrase({ current: PASSPHRASE, next: NEXT });
  expect(await recorded('workspace.changePassphrase')).toEqual([
    'done: The passphrase is about to be changed',
    'done: The passphrase was changed',
  ]);
  const { positions } = await made.domain.recoveryParts({});
  await made.domain.verifyRecoveryKey({ parts: positions.map((at) => recoveryKey.split('-')[at] ?? '') });
  expect(await recorded('workspace.verifyRecoveryKey')).toHaveLength(2);
  await made.domain.renewRecoveryKey({ passphrase: NEXT });
  expect(await recorded('workspace.renewRecoveryKey')).toHaveLength(2);
  await made.vault.lock();
  const renewed = await (async () => {
    await made.domain.unlock({ passphrase: NEXT });
    return made.domain.showRecoveryKey({ passphrase: NEXT });
  })();
  await made.vault.lock();
  await made.domain.recover({ recoveryKey: renewed.recoveryKey, passphrase: PASSPHRASE });
  expect(await recorded('workspace.recover')).toHaveLength(2);
  expect((await made.audit.domain.verify({ written: '' })).faults).toEqual([]);
});

describe('a crash', () => {
  test('before the intent is stored changes nothing', async () => {
    dieAt(1);
    await expect(made.domain.changePassphrase({ current: PASSPHRASE, next: NEXT })).rejects.toThrow('died');
    await unlocked(PASSPHRASE);
    expect(await recorded('workspace.changePassphrase')).toEqual([]);
  });

  test('behind the new header: the next unlock records that it was changed', async () => {
    dieAt(2);
    await expect(made.domain.changePassphrase({ current: PASSPHRASE, next: NEXT })).rejects.toThrow('died');
    await unlocked(NEXT);
    expect(await recorded('workspace.changePassphrase')).toEqual([
      'done: The passphrase is about to be changed',
      'done: The passphrase was changed',
    ]);
  });

  test('behind a new recovery key: the one that is shown is the one that opens', async () => {
    dieAt(2);
    await expect(made.domain.renewRecoveryKey({ passphrase: PASSPHRASE })).rejects.toThrow('died');
    await unlocked(PASSPHRASE);
    const renewed = await made.domain.showRecoveryKey({ passphrase: PASSPHRASE });
    expect(renewed.recoveryKey).not.toBe(recoveryKey);
    await made.vault.lock();
    await made.domain.recover({ recoveryKey: renewed.recoveryKey, passphrase: NEXT });
    expect(made.vault.stateName()).toBe('unlocked');
  });

  test('before the new header: the next unlock records that nothing was changed', async () => {
    const { store } = made.vault.session();
    // What the intent of a change that never came to its header looks like.
    await store.run('settings.put', {
      values: {
        headerChange: JSON.stringify({ action: 'workspace.changePassphrase', done: 'x', state: '00' }),
      },
      audit: { action: 'workspace.changePassphrase', outcome: 'done', summary: 'begun', subjects: [] },
    });
    await unlocked(PASSPHRASE);
    expect(await recorded('workspace.changePassphrase')).toEqual([
      'done: begun',
      'failed: It was begun and not made: all is as it was',
    ]);
    await unlocked(PASSPHRASE);
    expect(await recorded('workspace.changePassphrase')).toHaveLength(2);
  });
});

describe('a former workspace.json', () => {
  const notices = async () => (await made.domain.state({})).notices.map(({ severity }) => severity);
  const header = (): string => join(made.vault.opened()?.folder ?? '', 'workspace.json');
  /** Puts `bytes` in its place while it is closed, and opens it with `passphrase`. */
  async function opened(passphrase: string, bytes: Buffer = readFileSync(header())): Promise<void> {
    const path = header();
    await made.vault.close();
    writeFileSync(path, bytes);
    await made.vault.open(join(path, '..'));
    await made.domain.unlock({ passphrase });
  }

  test('that is put back is said at each unlock and on record, until the header is changed again', async () => {
    const former = readFileSync(header());
    await made.domain.changePassphrase({ current: PASSPHRASE, next: NEXT });
    await opened(NEXT);
    expect(await notices()).toEqual([]);
    await opened(PASSPHRASE, former);
    expect((await made.domain.state({})).notices[0]?.text).toMatch(/a former one was put back/);
    expect(await recorded('workspace.header')).toEqual([
      'failed: workspace.json is not the one that was in force: a former one was put back',
    ]);
    await opened(PASSPHRASE);
    expect(await notices()).toEqual(['bad']);
    await made.domain.changePassphrase({ current: PASSPHRASE, next: NEXT });
    await opened(NEXT);
    expect(await notices()).toEqual([]);
  });

  test('whose recovery key was renewed since is found out, too', async () => {
    const former = readFileSync(header());
    await made.domain.renewRecoveryKey({ passphrase: PASSPHRASE });
    await opened(PASSPHRASE, former);
    expect(await notices()).toEqual(['bad']);
  });
});
