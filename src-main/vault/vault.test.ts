import { cpSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';

// Several workspaces a test, each with a key derivation that is slow on purpose.
vi.setConfig({ testTimeout: 20_000 });

type Made = ReturnType<typeof testVault>;
const open: Made[] = [];
function start(folder?: string) {
  const made = testVault(folder === undefined ? {} : { folder });
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0).toReversed()) await made.remove();
});

function setHeader(folder: string, change: Record<string, unknown>): void {
  const path = join(folder, 'workspace.json');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...change }));
}

describe('unlocking', () => {
  it('takes the right passphrase, says that a wrong one is wrong, slows down and never destroys', async () => {
    const made = start();
    await made.create();
    await made.vault.lock();
    expect(() => made.vault.session()).toThrow('locked');
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(made.domain.unlock({ passphrase: 'not this one' })).rejects.toMatchObject({
        code: 'WRONG_PASSPHRASE',
      });
    await expect(made.domain.unlock({ passphrase: PASSPHRASE })).rejects.toMatchObject({
      code: 'SLOW_DOWN',
      details: { retryAt: '2026-11-24T12:00:01.000Z' },
    });
    made.clock.advance(1000);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    expect(made.vault.stateName()).toBe('unlocked');
  });

  it('is remembered as the last opening, and the passphrase it has now is no new one', async () => {
    const made = start();
    await made.create();
    await made.vault.lock();
    made.clock.advance(3_600_000);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    expect((await made.domain.recent({})).rows).toMatchObject([{ lastOpenedAt: '2026-11-24T13:00:00.000Z' }]);
    await expect(
      made.domain.changePassphrase({ current: PASSPHRASE, next: PASSPHRASE }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { fields: [{ path: 'next' }] } });
  });

  it('takes no passphrase as right that it does not look at', async () => {
    const made = start();
    await made.create();
    const { recoveryKey } = await made.domain.showRecoveryKey({ passphrase: null });
    for (const passphrase of ['not this one', PASSPHRASE])
      await expect(made.domain.unlock({ passphrase })).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
    await expect(
      made.domain.recover({ recoveryKey, passphrase: 'granite Falcon 3 mosaic tide' }),
    ).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
    expect(made.vault.stateName()).toBe('unlocked');
  });

  const next = 'granite Falcon 3 mosaic tide';
  it.each([
    [
      'changePassphrase',
      (domain: Made['domain'], current: string) => domain.changePassphrase({ current, next }),
    ],
    [
      'renewRecoveryKey',
      (domain: Made['domain'], passphrase: string) => domain.renewRecoveryKey({ passphrase }),
    ],
    [
      'showRecoveryKey',
      (domain: Made['domain'], passphrase: string) => domain.showRecoveryKey({ passphrase }),
    ],
  ])('a wrong passphrase slows down %s as well, and a lock does not free it', async (_name, ask) => {
    const made = start();
    await made.create();
    await made.domain.showRecoveryKey({ passphrase: null });
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(ask(made.domain, 'not this one')).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(ask(made.domain, PASSPHRASE)).rejects.toMatchObject({
      code: 'SLOW_DOWN',
      details: { retryAt: '2026-11-24T12:00:01.000Z' },
    });
    await made.vault.lock();
    await expect(made.domain.unlock({ passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'SLOW_DOWN' });
    made.clock.advance(1000);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    await ask(made.domain, PASSPHRASE);
    expect(existsSync(join(made.vault.opened()?.folder ?? '', 'attempts.json'))).toBe(false);
  });

  it('remembers refused attempts across a restart', async () => {
    const made = start();
    const folder = await made.create();
    await made.vault.lock();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      made.clock.advance(60_000);
      await expect(made.domain.unlock({ passphrase: 'wrong' })).rejects.toMatchObject({
        code: 'WRONG_PASSPHRASE',
      });
    }
    await made.vault.close();
    const again = start(made.folder);
    again.clock.set(made.clock.now().toISOString());
    await again.vault.open(folder);
    expect((await again.domain.state({})).retryAt).not.toBeNull();
  });

  it('opens with the printed recovery key, typed sloppily, and sets a new passphrase', async () => {
    const made = start();
    await made.create();
    const { recoveryKey } = await made.domain.showRecoveryKey({ passphrase: null });
    await made.vault.lock();
    const sloppy = recoveryKey.toLowerCase().replaceAll('-', '  ').replaceAll('0', 'o').replaceAll('1', 'l');
    await made.domain.recover({ recoveryKey: sloppy, passphrase: 'granite Falcon 3 mosaic tide' });
    await made.vault.lock();
    await expect(made.domain.unlock({ passphrase: PASSPHRASE })).rejects.toMatchObject({
      code: 'WRONG_PASSPHRASE',
    });
    await made.domain.unlock({ passphrase: 'granite Falcon 3 mosaic tide' });
    expect(made.vault.stateName()).toBe('unlocked');
  });

  it('names the mistyped group of a recovery key', async () => {
    const made = start();
    await made.create();
    const { recoveryKey } = await made.domain.showRecoveryKey({ passphrase: null });
    await made.vault.lock();
    const groups = recoveryKey.split('-');
    const wrong = groups
      .with(2, `${groups[2]?.startsWith('7') === true ? '8' : '7'}${groups[2]?.slice(1) ?? ''}`)
      .join('-');
    await expect(
      made.domain.recover({ recoveryKey: wrong, passphrase: 'granite Falcon 3 mosaic tide' }),
    ).rejects.toThrow(/Group 3/);
  });
});

describe('locking', () => {
  it('comes after the idle minutes, is put off by input, and comes with sleep', async () => {
    const made = start();
    await made.create();
    const locked = async (): Promise<boolean> => {
      // The lock is queued behind what runs; asking for another step waits for it.
      await made.vault.open(made.vault.opened()?.folder ?? '');
      return made.vault.stateName() === 'locked';
    };
    made.clock.advance(9 * 60_000);
    made.vault.touch();
    made.clock.advance(9 * 60_000);
    expect(await locked()).toBe(false);
    made.clock.advance(60_000);
    expect(await locked()).toBe(true);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    made.suspend();
    expect(await locked()).toBe(true);
  });

  it('ends the worker: a store kept from before answers LOCKED', async () => {
    const made = start();
    await made.create();
    const { store, seal } = made.vault.session();
    await made.vault.lock();
    await expect(store.run('audit.head', {})).rejects.toMatchObject({ code: 'LOCKED' });
    expect(() => seal('key-a', new Uint8Array(4))).toThrow('locked');
  });
});

describe('a workspace that is not as it should be', () => {
  it('cannot be turned from rehearsal into production by editing its header', async () => {
    const made = start();
    const folder = await made.create('Practice', 'rehearsal');
    await made.vault.close();
    setHeader(folder, { kind: 'online' });
    await made.vault.open(folder);
    await expect(made.domain.unlock({ passphrase: PASSPHRASE })).rejects.toMatchObject({
      code: 'WRONG_PASSPHRASE',
    });
  });

  it.each([
    ['a newer header', 'WORKSPACE_NEWER', (folder: string) => setHeader(folder, { version: 99 })],
    [
      'a damaged header',
      'WORKSPACE_DAMAGED',
      (folder: string) => writeFileSync(join(folder, 'workspace.json'), '{"format":'),
    ],
    ['no header', 'NOT_A_WORKSPACE', (folder: string) => truncateSync(join(folder, 'nothing-here'), 0)],
  ])('%s is %s', async (name, code, breakIt) => {
    const made = start();
    const folder = await made.create();
    await made.vault.close();
    const target = name === 'no header' ? made.folder : folder;
    if (name !== 'no header') breakIt(folder);
    await expect(made.vault.open(target)).rejects.toMatchObject({ code });
  });

  it.each([
    ['truncated', (db: string) => truncateSync(db, 100)],
    ['cut in the middle', (db: string) => truncateSync(db, 8192)],
    ['missing', (db: string) => cpSync(db, `${db}.away`)],
  ])('a database that is %s is named, and stays as it is', async (name, breakIt) => {
    const made = start();
    const folder = await made.create();
    await made.vault.close();
    const db = join(folder, 'workspace.db');
    breakIt(db);
    if (name === 'missing') writeFileSync(db, '');
    const before = readFileSync(db);
    await made.vault.open(folder);
    await expect(made.domain.unlock({ passphrase: PASSPHRASE })).rejects.toMatchObject({
      code: 'WORKSPACE_DAMAGED',
    });
    expect(Buffer.compare(readFileSync(db), before)).toBe(0);
    expect(made.vault.stateName()).toBe('locked');
  });

  it('another workspace’s database is refused', async () => {
    const made = start();
    const first = await made.create('First');
    await made.vault.close();
    const second = await made.create('Second');
    await made.vault.close();
    cpSync(join(first, 'workspace.db'), join(second, 'workspace.db'));
    await made.vault.open(second);
    await expect(made.domain.unlock({ passphrase: PASSPHRASE })).rejects.toMatchObject({
      code: 'WORKSPACE_DAMAGED',
    });
  });

  it('cannot be opened twice', async () => {
    const made = start();
    const folder = await made.create();
    const other = start(made.folder);
    await expect(other.vault.open(folder)).rejects.toMatchObject({ code: 'WORKSPACE_IN_USE' });
    await made.vault.close();
    await other.vault.open(folder);
    expect(other.vault.stateName()).toBe('locked');
  });
});
