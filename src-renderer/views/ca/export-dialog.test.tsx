import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { ExportDialog } from './export-dialog.tsx';

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 30))));
const press = async (name: string | RegExp): Promise<void> => {
  fireEvent.click(screen.getByRole('button', { name }));
  await settle();
};
const written = () => screen.queryByText(/^Written to/);

beforeEach(() => {
  dropWorkspaceData();
  installBridge({
    'keys.get': () => ({ exportable: true }),
    'ca.suggestExport': () => ({ name: 'leaf.key' }),
    'dialogs.saveFile': () => ({ chosen: { ticket: 'place-1', path: '/mnt/leaf.key', exists: false } }),
    'ca.export': () => ({ path: '/mnt/leaf.key', backup: null, mode: '0600' }),
  });
});
afterEach(cleanup);

test('what was written is said until something is changed: the unencrypted choice, the place', async () => {
  render(<ExportDialog id="crt-1" keyId="key-1" open onClose={() => undefined} />);
  await settle();
  fireEvent.click(screen.getByRole('radio', { name: /Private key/ }));
  await settle();
  const change = { target: { value: 'tundra-Okapi 7 vesper' } };
  for (const label of ['Passphrase for the file', 'The same again'])
    fireEvent.change(screen.getByLabelText(label), change);
  await press('Choose a place…');
  await press('Export encrypted');
  expect(written()).not.toBeNull();
  fireEvent.click(screen.getByText(/unencrypted/));
  await settle();
  expect(written()).toBeNull();
  await press('Choose a place…');
  await press('Export unencrypted');
  expect(written()).not.toBeNull();
  await press('Choose a place…');
  expect(written()).toBeNull();
});
