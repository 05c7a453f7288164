import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '../lib/app-error.ts';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';

let made: ReturnType<typeof testVault>;
beforeEach(async () => {
  made = testVault();
  await made.create();
});
afterEach(() => made.remove());

it('tells the window of every record, whoever wrote it', async () => {
  const changes: [string, () => unknown][] = [
    ['settings', () => made.domain.setSettings({ autoLockMinutes: 5, lockOnSuspend: true })],
    ['passphrase', () => made.domain.changePassphrase({ current: PASSPHRASE, next: `${PASSPHRASE} more` })],
    ['refusal', () => made.audit.refused('keys.destroy', new AppError('NOT_ALLOWED_NOW', 'It is in use.'))],
    ['verification', () => made.audit.domain.verify({ written: '' })],
  ];
  for (const [what, run] of changes) {
    const before = await made.audit.domain.head({});
    made.events.length = 0;
    await run();
    const after = await made.audit.domain.head({});
    expect([what, after.entries > before.entries]).toEqual([what, true]);
    expect([what, made.events.filter(({ topic }) => topic === 'audit').length]).toEqual([
      what,
      after.entries - before.entries,
    ]);
  }
  made.events.length = 0;
  await made.audit.domain.head({});
  await made.vault.session().store.run('drafts.list', {});
  expect(made.events).toEqual([]);
});
