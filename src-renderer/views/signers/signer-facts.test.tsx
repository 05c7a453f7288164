import { cleanup, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { fakeList, KMIP, SERVER, SOFTWARE, TOKEN } from './fake-signers.ts';
import { giveSize, press, show, signerBridge } from './fake-view.tsx';
import type { SignerList } from './signer-words.ts';
import { Signer } from './signer.tsx';

const bridge = (list: SignerList) => signerBridge(list);

beforeAll(giveSize);
beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('a server is said to be known by its certificate, and the state may be long without running out', async () => {
  bridge(fakeList([SOFTWARE, { ...SERVER, state: 'ready', trouble: null, device: TOKEN.device }]));
  await show(Signer, '/signers/signer-2');
  expect(screen.getByText('Known by the SHA-256 of its certificate')).toBeTruthy();
  expect(screen.queryByText('Serial')).toBeNull();
  expect(screen.getByText(SERVER.text).closest('.wrap')).not.toBeNull();
});

test('a renewed certificate stays to be seen, with the one that it was before', async () => {
  const before = { serial: 'AB12', at: '2026-11-27T11:00:00.000Z' };
  const device = TOKEN.device === null ? null : { ...TOKEN.device, serial: 'CD34', before };
  bridge(fakeList([SOFTWARE, { ...SERVER, state: 'ready', trouble: null, device }]));
  await show(Signer, '/signers/signer-2');
  const said = screen.getByText('Another certificate before').nextElementSibling?.textContent;
  expect(said).toMatch(/^AB12, until .*; the identity key is the same$/);
});

test('a server: our key and force are among its settings, and without a password there is no login', async () => {
  bridge(fakeList([SOFTWARE, { ...SERVER, settings: { ...KMIP, force: true } }]));
  await show(Signer, '/signers/signer-2');
  expect(screen.getByText('/etc/kmip/client.key')).toBeTruthy();
  expect(screen.getByText(/^yes: it is used although/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Test' })).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Log in' })).toBeNull();
  cleanup();
  dropWorkspaceData();
  bridge(fakeList([SOFTWARE, { ...SERVER, settings: { ...KMIP, username: 'pki' } }]));
  await show(Signer, '/signers/signer-2');
  expect(screen.getByRole('button', { name: 'Log in' })).toBeTruthy();
});

test('while a new name waits the heading is the one in force, as what is below it', async () => {
  const list = fakeList([SOFTWARE, TOKEN]);
  list.pending.signers = list.pending.signers.map((one) =>
    one.id === TOKEN.id ? { ...one, name: 'Vault A' } : one,
  );
  bridge(list);
  await show(Signer, '/signers/signer-1');
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(TOKEN.name);
  await press('Remove…');
  expect(screen.getByRole('alertdialog').textContent).toContain(`Remove “${TOKEN.name}”?`);
  await press('Keep it');
  await press('Rename…');
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('Vault A');
});

test('a serial that the settings do not name is shown as it was learned', async () => {
  if (TOKEN.settings?.kind !== 'pkcs11') throw new Error('no token');
  const row = { ...TOKEN, settings: { ...TOKEN.settings, serial: null } };
  bridge(fakeList([SOFTWARE, row]));
  await show(Signer, '/signers/signer-1');
  const said = screen.getAllByText('Serial').map((one) => one.nextElementSibling?.textContent);
  expect(said).toContain(`${TOKEN.device?.serial ?? ''}, learned at the first contact`);
  cleanup();
  dropWorkspaceData();
  bridge(fakeList([SOFTWARE, { ...row, device: null }]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText('learned at the first contact')).toBeTruthy();
});

test('a fingerprint that a person compares is in groups of four; a serial is as the token has it', async () => {
  const sha256 = 'a1b2'.repeat(16);
  const [groups, was] = [Array(16).fill('A1B2').join(' '), Array(16).fill('C3D4').join(' ')];
  const before = { serial: 'C3D4'.repeat(16), at: '2026-11-27T11:00:00.000Z' };
  const device = TOKEN.device === null ? null : { ...TOKEN.device, serial: sha256, before };
  const settings = { ...KMIP, insecure: false, serverSha256: sha256 };
  signerBridge(fakeList([SOFTWARE, { ...SERVER, state: 'ready', trouble: null, device, settings }]));
  await show(Signer, '/signers/signer-2');
  expect(screen.getByText(groups)).toBeTruthy();
  expect(screen.getByText(was)).toBeTruthy();
  expect(screen.getByText(`SHA-256 ${groups}, pinned`)).toBeTruthy();
  cleanup();
  signerBridge(fakeList([SOFTWARE, TOKEN]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getAllByText('a1b2c3d4e5f60718').length).toBeGreaterThan(0);
});

test('a PIN that is kept until the lock is not said to be asked', async () => {
  signerBridge(fakeList([SOFTWARE, { ...TOKEN, secretStored: false, secretHeld: true }]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText('in memory until the workspace is locked, then asked')).toBeTruthy();
  expect(screen.queryByText('asked when it is needed')).toBeNull();
});

test.each([
  ['TOKEN_GONE', TOKEN, true],
  ['CKR_PIN_INCORRECT', TOKEN, false],
  ['ANOTHER_DEVICE', SERVER, false],
] as const)('trouble %s of %o leads to the slots of its library: %s', async (code, row, leads) => {
  const trouble = { code, text: 'Gone.', cause: 'Why.', check: 'Look.', fix: 'Mend.', library: '' };
  signerBridge(fakeList([SOFTWARE, { ...row, state: 'retrying', trouble }]));
  await show(Signer, `/signers/${row.id}`);
  const link = screen.queryByRole('link', { name: 'Look for slots in the settings' });
  expect(link?.getAttribute('href') ?? null).toBe(leads ? `#/signers/${row.id}/edit?look=slots` : null);
});
