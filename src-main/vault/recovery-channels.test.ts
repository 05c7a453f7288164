import { afterEach, describe, expect, it } from 'vitest';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';

type Made = ReturnType<typeof testVault>;
const ALL = { query: '', outcome: null, action: null, from: null, to: null, cursor: null, limit: 100 };
const open: Made[] = [];
function start(folder?: string) {
  const made = testVault(folder === undefined ? {} : { folder });
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0).toReversed()) await made.remove();
});

describe('the recovery key', () => {
  it('is shown until part of it was typed back, then never again; a new one replaces it', async () => {
    const made = start();
    await made.create();
    const { recoveryKey } = await made.domain.showRecoveryKey({ passphrase: null });
    const { positions } = await made.domain.recoveryParts({});
    const groups = recoveryKey.split('-');
    await expect(made.domain.verifyRecoveryKey({ parts: ['AAAAA', 'AAAAA', 'AAAAA'] })).rejects.toMatchObject(
      { code: 'INVALID_INPUT' },
    );
    await made.domain.verifyRecoveryKey({
      parts: positions.map((position) => groups[position]?.toLowerCase() ?? ''),
    });
    await expect(made.domain.showRecoveryKey({ passphrase: null })).rejects.toMatchObject({
      code: 'NOT_ALLOWED_NOW',
    });
    expect((await made.domain.state({})).workspace?.recoveryVerified).toBe(true);
    await made.domain.renewRecoveryKey({ passphrase: PASSPHRASE });
    await made.vault.lock();
    await expect(
      made.domain.recover({ recoveryKey, passphrase: 'granite Falcon 3 mosaic tide' }),
    ).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
  });
});

describe('the recovery key is shown once', () => {
  const shown = async (made: Made) =>
    (await made.audit.domain.list({ ...ALL, action: 'workspace.showRecoveryKey' })).total;
  const fresh = async (made: Made) => (await made.domain.state({})).workspace?.recoveryFresh;

  it('after it was made; again only with the passphrase, and each time is on record', async () => {
    const made = start();
    await made.create();
    expect(await fresh(made)).toBe(true);
    const { recoveryKey } = await made.domain.showRecoveryKey({ passphrase: null });
    expect(await fresh(made)).toBe(false);
    expect(await shown(made)).toBe(1);
    await expect(made.domain.showRecoveryKey({ passphrase: null })).rejects.toMatchObject({
      code: 'PASSPHRASE_NEEDED',
    });
    await expect(made.domain.showRecoveryKey({ passphrase: 'wrong' })).rejects.toMatchObject({
      code: 'WRONG_PASSPHRASE',
    });
    expect(await shown(made)).toBe(1);
    expect(await made.domain.showRecoveryKey({ passphrase: PASSPHRASE })).toEqual({ recoveryKey });
    expect(await shown(made)).toBe(2);
    await made.domain.renewRecoveryKey({ passphrase: PASSPHRASE });
    expect(await fresh(made)).toBe(true);
    const renewed = await made.domain.showRecoveryKey({ passphrase: null });
    expect(renewed).not.toEqual({ recoveryKey });
    expect(await shown(made)).toBe(3);
  });

  it('not without the passphrase once it was locked, though nobody has seen it', async () => {
    const made = start();
    await made.create();
    await made.vault.lock();
    await made.domain.unlock({ passphrase: PASSPHRASE });
    await expect(made.domain.showRecoveryKey({ passphrase: null })).rejects.toMatchObject({
      code: 'PASSPHRASE_NEEDED',
    });
  });
});
