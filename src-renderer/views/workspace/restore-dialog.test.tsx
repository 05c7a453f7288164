import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installBridge } from '../../app/fake-bridge.ts';
import type { FakeBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { RestoreDialog } from './restore-dialog.tsx';

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 30))));
const press = async (name: string | RegExp): Promise<void> => {
  fireEvent.click(screen.getByRole('button', { name }));
  await settle();
};
let bridge: FakeBridge;

beforeEach(() => {
  dropWorkspaceData();
  bridge = installBridge({
    'dialogs.openFile': () => ({ chosen: { ticket: 'place-1', path: '/mnt/w.baleen-backup', exists: true } }),
    'dialogs.folder': () => ({ chosen: { ticket: 'place-2', path: '/home/u/new', exists: true } }),
    'workspace.restore': () => ({ job: 'job-1' }),
    'jobs.get': () => ({
      id: 'job-1',
      kind: 'workspace.restore',
      title: 'Restore of W',
      state: 'done',
      progress: null,
      step: '',
      cancellable: false,
      resultIds: ['w-1'],
      error: null,
    }),
    'workspace.recent': () => ({ rows: [{ id: 'recent-7', name: 'W', path: '/home/u/new' }] }),
    'workspace.openRecent': () => ({}),
  });
});
afterEach(cleanup);

async function restore(inPlace: boolean): Promise<void> {
  render(<RestoreDialog open onClose={() => undefined} inPlace={inPlace} />);
  await press('Choose the backup file…');
  await press('Choose an empty folder…');
  fireEvent.change(screen.getByLabelText('Passphrase of the backup'), { target: { value: 'x' } });
  await press('Restore');
}

test('ends with the path and the way into it', async () => {
  await restore(false);
  expect(screen.getByText('/home/u/new')).toBeTruthy();
  await press('Open it');
  expect(bridge.callsOf('workspace.openRecent')).toEqual([{ id: 'recent-7' }]);
});

test('beside an open workspace it says how it is opened', async () => {
  await restore(true);
  expect(screen.getByText(/close this workspace first/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Open it' })).toBeNull();
});
