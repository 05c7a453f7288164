import { cleanup, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SignerMigration } from '#shared/contract/signer-migration.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { endedJob, press, show } from './fake-view.tsx';
import { Migration } from './migration.tsx';

const row = {
  what: 'intermediate' as const,
  from: 'Software',
  to: 'Token',
  state: 'can-roll' as const,
  text: 'A new key and certificate are made.',
  warning: '',
  action: 'Roll key',
};
const MIGRATION: SignerMigration = {
  to: 'Token',
  blocked: '',
  done: 1,
  softwareKeys: { total: 1, rows: [{ id: 'key-3', label: 'Root key' }] },
  rows: [
    {
      ...row,
      owner: 'ca-1',
      title: 'Root',
      what: 'root',
      warning: 'Everybody has to learn the new root.',
    },
    { ...row, owner: 'ca-2', title: 'Issuing' },
    { ...row, owner: 'ca-3', title: 'Mail', state: 'there', from: 'Token', action: '' },
    {
      ...row,
      owner: 'ta',
      title: 'Trust anchor',
      what: 'trust-anchor',
      state: 'cannot',
      text: 'The TAL holds this key.',
      action: '',
    },
  ],
};

function bridge(migration: SignerMigration): FakeBridge {
  return installBridge({
    'signers.migration': () => migration,
    'signers.roll': () => ({ job: 'j-1' }),
    'jobs.get': () => endedJob('j-1'),
  });
}

beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('each owner with what comes next, or why it cannot move', async () => {
  bridge(MIGRATION);
  await show(Migration, '/signers/migration');
  expect(screen.getByText('1 of 3 that can move is on “Token”.')).toBeTruthy();
  const anchor = within(screen.getByText('The TAL holds this key.').closest('li') as HTMLElement);
  expect(anchor.getByText('cannot be rolled')).toBeTruthy();
  expect(anchor.queryByRole('button')).toBeNull();
  expect(screen.getByRole('link', { name: 'Root key' }).getAttribute('href')).toBe('#/keys/key-3');
  expect(screen.getByText(/Back up “Token” and this workspace together/)).toBeTruthy();
});

test('a roll begins at once when nothing is lost, and after a warning when something is', async () => {
  const { callsOf } = bridge(MIGRATION);
  await show(Migration, '/signers/migration');
  await press('Roll key of Issuing');
  expect(callsOf('signers.roll')).toEqual([{ owner: 'ca-2' }]);
  await press('Roll key… of Root');
  expect(callsOf('signers.roll')).toHaveLength(1);
  const dialog = within(screen.getByRole('alertdialog'));
  expect(dialog.getByText('Everybody has to learn the new root.')).toBeTruthy();
  await press('Roll key');
  expect(callsOf('signers.roll')).toEqual([{ owner: 'ca-2' }, { owner: 'ca-1' }]);
});

test('when all is there, no long-lived key lies in files, and that is said', async () => {
  bridge({ ...MIGRATION, rows: MIGRATION.rows.slice(2), softwareKeys: { total: 0, rows: [] } });
  await show(Migration, '/signers/migration');
  expect(screen.getByText('All that can move is on “Token”.')).toBeTruthy();
  expect(screen.getByText(/No long-lived key file is left/)).toBeTruthy();
});

test('a key on its way has the step that is due now, and none while the parent has to answer', async () => {
  const rolling = { ...row, what: 'rpki-child' as const, state: 'rolling' as const };
  const { callsOf } = bridge({
    ...MIGRATION,
    rows: [
      { ...rolling, owner: 'child-1', title: 'online', action: 'Activate the new key' },
      { ...rolling, owner: 'child-2', title: 'second', action: '', text: 'Ask the parent.' },
    ],
  });
  await show(Migration, '/signers/migration');
  const waiting = within(screen.getByText('Ask the parent.').closest('li') as HTMLElement);
  expect(waiting.queryByRole('button')).toBeNull();
  await press('Activate the new key of online');
  expect(callsOf('signers.roll')).toEqual([{ owner: 'child-1' }]);
});

test('while the default signer cannot be used its sentence stands there, and nothing can be begun', async () => {
  bridge({ ...MIGRATION, blocked: 'Token cannot be used: C_Sign is not supported.' });
  await show(Migration, '/signers/migration');
  expect(screen.getByText(/C_Sign is not supported/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: /^Roll key/ })).toBeNull();
});

test('with software as the default nothing is said of keys in files', async () => {
  bridge({ ...MIGRATION, softwareKeys: null });
  await show(Migration, '/signers/migration');
  expect(screen.queryByText(/Still in this workspace/)).toBeNull();
  expect(screen.queryByText(/Back up/)).toBeNull();
});
