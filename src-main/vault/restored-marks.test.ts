/** What a restore may not forget, and the head of a restored copy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';

vi.setConfig({ testTimeout: 20_000 });

let made: ReturnType<typeof testVault>;
let backup = '';
beforeEach(async () => {
  made = testVault();
  await made.create();
  backup = join(made.folder, 'a.baleen-backup');
});
afterEach(() => made.remove());

const store = () => made.vault.session().store;
const marks = async () => (await store().run('signers.config', {})).signers.flatMap(({ refused }) => refused);
const mark = (salt: string, kept: boolean) => ({ salt, hash: 'BB', at: '2026-11-24T12:00:00.000Z', kept });
const refused = (salt: string, kept: boolean) =>
  store().run('signers.refused', {
    id: 'software',
    pin: mark(salt, kept),
    audit: { action: 'signers.pinRefused', outcome: 'refused', summary: 'PIN refused', subjects: [] },
  });
const job = async (started: Promise<{ job: string }>) => {
  const { job: id } = await started;
  await expect.poll(() => made.jobs.get(id).state, { timeout: 15_000 }).not.toBe('running');
  return made.jobs.get(id);
};

test('a restore in place keeps the marks of PINs that were refused before and since the backup', async () => {
  await refused('01', true);
  await job(made.domain.backup({ target: backup, overwrite: false }) as Promise<{ job: string }>);
  await refused('02', false);
  await made.domain.restore({ source: backup, folder: null, passphrase: PASSPHRASE });
  await expect.poll(made.vault.stateName, { timeout: 15_000 }).toBe('locked');
  await made.domain.unlock({ passphrase: PASSPHRASE });
  // A PIN that is in the vault again may be the one of either.
  expect(await marks()).toEqual([mark('01', true), mark('02', true)]);
  expect((await made.audit.domain.verify({ written: '' })).faults).toEqual([]);
  expect((await made.domain.state({})).notices.filter(({ severity }) => severity === 'bad')).toEqual([]);
});

test('a copy restored elsewhere has a signed head of its own', async () => {
  await made.vault.lock();
  await made.domain.unlock({ passphrase: PASSPHRASE });
  await job(made.domain.backup({ target: backup, overwrite: false }) as Promise<{ job: string }>);
  const folder = join(made.folder, 'copy');
  const restored = await made.domain.restore({ source: backup, folder, passphrase: PASSPHRASE });
  expect(await job(Promise.resolve(restored))).toMatchObject({ state: 'done' });
  const { entries } = JSON.parse(readFileSync(join(folder, 'audit-head.json'), 'utf8')) as {
    entries: number;
  };
  await made.vault.open(folder);
  await made.domain.unlock({ passphrase: PASSPHRASE });
  expect((await made.domain.state({})).notices).toEqual([]);
  expect((await made.audit.domain.get({ seq: entries })).action).toBe('workspace.restore');
  expect((await made.audit.domain.verify({ written: '' })).faults).toEqual([]);
});
