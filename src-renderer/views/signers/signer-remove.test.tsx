/** Removing a signer: what goes, what stays, what stands in the way. */
import { cleanup, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Refusal } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { fakeList, SERVER, SOFTWARE, TOKEN } from './fake-signers.ts';
import { giveSize, press, settle, show, signerBridge } from './fake-view.tsx';
import { Signer } from './signer.tsx';

beforeAll(giveSize);
beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('removing a signer that owns keys is refused with the keys, each with its way there', async () => {
  signerBridge(fakeList([SOFTWARE, TOKEN]), {
    'signers.remove': () => {
      throw new Refusal({
        code: 'POLICY_REFUSED',
        message: 'It owns 1 key that is in use.',
        ref: 'r',
        details: { ids: ['key-1'] },
      });
    },
    'keys.get': () => ({ label: 'Example Root CA key', key: { text: 'RSA 2048' }, owner: 'Example Root CA' }),
  });
  await show(Signer, '/signers/signer-1');
  await press('Remove…');
  await press('Remove signer');
  await settle();
  expect(screen.getByText('It owns 1 key that is in use.')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Example Root CA key' }).getAttribute('href')).toBe('#/keys/key-1');
  expect(screen.getByRole('button', { name: 'Remove signer' }).getAttribute('aria-disabled')).toBe('true');
});

test('a signer that owns keys says so before anything is pressed, with the way to each', async () => {
  signerBridge(fakeList([SOFTWARE, TOKEN]), {
    'keys.list': () => ({
      rows: [
        { id: 'key-1', signer: TOKEN.id },
        { id: 'key-2', signer: 'software' },
      ],
      total: 2,
      cursor: null,
    }),
    'keys.get': () => ({ label: 'Vault Root key', key: { text: 'P-256' }, owner: 'Vault Root' }),
  });
  await show(Signer, '/signers/signer-1');
  await press('Remove…');
  expect(screen.getByText(/It owns keys of this workspace and cannot be removed/)).toBeTruthy();
  expect(screen.getAllByRole('link', { name: 'Vault Root key' })).toHaveLength(1);
  expect(screen.getByRole('button', { name: 'Remove signer' }).getAttribute('aria-disabled')).toBe('true');
});

test('an unused signer is removed with the revision that was seen', async () => {
  const { callsOf } = signerBridge(fakeList([SOFTWARE, TOKEN]), { 'signers.remove': () => ({}) });
  await show(Signer, '/signers/signer-1');
  await press('Remove…');
  await press('Remove signer');
  expect(callsOf('signers.remove')).toEqual([{ revision: 7, id: TOKEN.id }]);
  expect(location.hash).toBe('#/signers');
});

test.each([
  [
    'with a stored PIN and an identity key',
    TOKEN,
    /^Its settings and its stored PIN are forgotten once/,
    /identity key of Baleen\.$/,
  ],
  [
    'with neither',
    { ...TOKEN, secretStored: false, bound: false },
    /^Its settings are forgotten once/,
    /has no identity key there/,
  ],
  [
    'a server',
    { ...SERVER, secretStored: true },
    /its stored password are forgotten once/,
    /^Nothing on the server is destroyed: Baleen has no/,
  ],
] as const)('what a removal takes is what is there: %s', async (_name, row, goes, stays) => {
  signerBridge(fakeList([SOFTWARE, row]));
  await show(Signer, `/signers/${row.id}`);
  await press('Remove…');
  const list = screen.getByRole('list', { name: 'What its removal takes' });
  const lines = within(list).getAllByRole('listitem');
  expect(lines.map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(goes),
    expect.stringMatching(stays),
  ]);
});

test.each([
  ['rename', TOKEN, 'Rename the signer'],
  ['pin', TOKEN, 'Change the PIN of “SoftHSM token”'],
  ['remove', TOKEN, 'Remove “SoftHSM token”?'],
  ['remove', SOFTWARE, null],
  ['pin', SERVER, null],
])('the address opens what has a button: %s', async (open, row, title) => {
  signerBridge(fakeList([SOFTWARE, TOKEN, SERVER]));
  await show(Signer, `/signers/${row.id}?open=${open}`);
  const shown = screen.queryByRole('dialog') ?? screen.queryByRole('alertdialog');
  expect(shown === null ? null : within(shown).getByRole('heading').textContent).toBe(title);
});

test('one that was never applied goes at once', async () => {
  const list = fakeList([SOFTWARE]);
  list.pending.signers.push({
    ...{ id: 'signer-9', name: 'New', kind: 'pkcs11', settings: TOKEN.settings, secretStored: false },
  });
  signerBridge(list);
  await show(Signer, '/signers/signer-9');
  await press('Remove…');
  expect(screen.getByText('Its settings are forgotten at once: they were never in force.')).toBeTruthy();
  expect(
    screen.getByText('Nothing on the device is destroyed: Baleen has no identity key there.'),
  ).toBeTruthy();
});
