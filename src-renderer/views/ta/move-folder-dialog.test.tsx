import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { installBridge } from '../../app/fake-bridge.ts';
import { MoveFolderDialog } from './move-folder-dialog.tsx';

afterEach(cleanup);

const press = async (name: string): Promise<void> => {
  await act(async () => fireEvent.click(screen.getByRole('button', { name })));
};

test('another folder: the base stays, what happens to the old one is said, the chosen one is taken', async () => {
  const bridge = installBridge({
    'dialogs.folder': () => ({ chosen: { ticket: 'ticket-1', path: '/srv/new' } }),
    'ta.proxyFolderMove': () => ({}),
  });
  let closed = 0;
  render(
    <MoveFolderDialog
      base="rsync://rpki.example.net/repo/"
      path="/srv/old"
      open
      onClose={() => {
        closed += 1;
      }}
    />,
  );
  expect(screen.getByText('rsync://rpki.example.net/repo/')).toBeTruthy();
  expect(screen.getByText('/srv/old')).toBeTruthy();
  await press('Choose a folder…');
  expect(await screen.findByText('/srv/new')).toBeTruthy();
  await press('Publish into this folder');
  expect(bridge.callsOf('ta.proxyFolderMove')).toEqual([{ folder: 'ticket-1' }]);
  expect(closed).toBe(1);
});
