import { cleanup, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KeyRow } from '#shared/contract/keys.ts';
import { installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { ExportDialog } from '../ca/export-dialog.tsx';
import { press, settle, show } from '../signers/fake-view.tsx';
import { Key } from './key.tsx';

beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

const HEX = 'A1B2C3D4'.repeat(5);
const ROW: KeyRow = {
  id: 'key-1',
  label: 'Root key',
  key: { text: 'P-256', algorithm: 'p-256', keyId: HEX, spkiSha256: 'AB'.repeat(32), findings: [] } as never,
  signer: 'signer-1',
  signerName: 'Vault',
  reachable: true,
  owner: '',
  ownerId: null,
  trustAnchor: null,
  child: null,
  kept: null,
  uses: ['certificate'],
  source: 'generated',
  createdAt: '2026-11-27T12:00:00.000Z',
  exportable: false,
  mayLeave: false,
  certificates: [],
};

const SOFTWARE = { signer: 'software', signerName: 'Software', exportable: true };

test.each([
  [{}, /No backup of this workspace holds it/, /on “Vault”, for ever/],
  [SOFTWARE, /Backups made before still hold it/, /^The private key, for ever/],
])('what is lost with a key, by where it lies (%#)', async (part, backups, lost) => {
  installBridge({ 'keys.get': () => ({ ...ROW, ...part }) });
  await show(Key, '/keys/key-1');
  await press('Destroy…');
  expect(screen.getByText(backups)).toBeTruthy();
  expect(screen.getByText(lost)).toBeTruthy();
});

test('a key that a child needs is used by it, is not destroyed, and says how it ends', async () => {
  const kept = 'It is the identity of the child online: it ends when the child is deleted.';
  installBridge({ 'keys.get': () => ({ ...ROW, owner: 'Child online', child: 'online', kept }) });
  await show(Key, '/keys/key-1');
  expect(screen.queryByText('Nobody uses it yet')).toBeNull();
  expect(screen.getByRole('link', { name: 'Child online' })).toBeTruthy();
  await press('Destroy…');
  expect(screen.queryByText(/^Destroy the key/)).toBeNull();
  expect(screen.getByText(kept)).toBeTruthy();
});

test.each([
  [{}, true, 2],
  [SOFTWARE, false, 0],
])('a certificate is exported with its key where that may leave (%#)', async (part, disabled, reasons) => {
  installBridge({
    'keys.get': () => ({ ...ROW, ...part }),
    'ca.suggestExport': () => ({ name: 'root.pem', holdsKey: false }),
  });
  await show(() => <ExportDialog id="c-1" keyId="key-1" open onClose={() => undefined} />, '/keys/key-1');
  await settle();
  for (const name of [/^PKCS#12/, /^Private key/])
    expect(screen.getByRole<HTMLInputElement>('radio', { name }).disabled).toBe(disabled);
  expect(screen.queryAllByText('its private key lies in a device and cannot leave it')).toHaveLength(reasons);
});

test.each([
  [{}, 'made here'],
  [{ source: 'imported' }, 'was on the device already'],
  [{ ...SOFTWARE, source: 'imported' }, 'a file'],
])('where a key came from (%#)', async (part, said) => {
  installBridge({ 'keys.get': () => ({ ...ROW, ...part }) });
  await show(Key, '/keys/key-1');
  expect(screen.getByText('Came from').nextElementSibling?.textContent).toBe(said);
});
