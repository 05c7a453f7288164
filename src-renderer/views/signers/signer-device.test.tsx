/** What lies on the device of a signer, and the device itself: unfinished keys, keys of others, identity keys. */
import { cleanup, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SignerRow } from '#shared/contract/signers.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { fakeList, SOFTWARE, TOKEN } from './fake-signers.ts';
import { AT, endedJob, giveSize, press, show, signerBridge, type } from './fake-view.tsx';
import { Signer } from './signer.tsx';

const key = {
  identifier: 'a3f0',
  label: 'Krill',
  type: 'RSA 2048',
  keyIdentifier: 'AB'.repeat(20),
  spkiSha256: 'CD'.repeat(32),
  uses: ['sign'],
  sensitive: true,
  neverExtractable: true,
  key: null,
  identity: null,
  begun: null,
  adoptable: false,
};

beforeAll(giveSize);
beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('keys that a device still holds and nobody keeps are named, with what becomes of them', async () => {
  const { callsOf } = signerBridge(
    fakeList([
      SOFTWARE,
      { ...TOKEN, unfinished: [{ id: 'made-1', identifier: 'a3f0', at: AT, text: 'It is left.' }] },
    ]),
    { 'signers.forgetUnfinished': () => ({}) },
  );
  await show(Signer, '/signers/signer-1');
  const list = screen.getByRole('list', { name: 'Keys that are to be destroyed' });
  expect(list.textContent).toMatch(/^a3f0, .*It is left\. Forget a3f0$/);
  await press('Forget a3f0');
  expect(callsOf('signers.forgetUnfinished')).toEqual([{ id: TOKEN.id, key: 'made-1' }]);
});

test('keys on the device: ours by name, the identity key, one to take in by its public key', async () => {
  const { callsOf } = signerBridge(fakeList([SOFTWARE, TOKEN]), {
    'signers.deviceKeysFound': () => ({
      at: AT,
      keys: [
        { ...key, key: { id: 'key-1', label: 'Example Root CA key' } },
        { ...key, identifier: 'b', identity: { of: 'this', name: 'Vault' } },
        { ...key, identifier: 'c', label: 'old root', adoptable: true },
        { ...key, identifier: 'e', identity: { of: 'other', name: 'East' } },
        { ...key, identifier: 'f', identity: { of: 'removed', name: 'Old' } },
        { ...key, identifier: 'g', begun: 'job' },
        { ...key, identifier: 'h', begun: 'left' },
        { ...key, identifier: 'd', keyIdentifier: null, spkiSha256: null, sensitive: null },
      ],
    }),
    'signers.adopt': () => ({ job: 'j-1' }),
    'jobs.get': () => ({ ...endedJob('j-1'), resultIds: ['key-7'] }),
  });
  await show(Signer, '/signers/signer-1');
  const ours = screen.getByRole('link', { name: /Example Root CA key/ });
  expect(ours.getAttribute('href')).toBe('#/keys/key-1');
  expect(screen.getByText('identity of the device')).toBeTruthy();
  expect(screen.getAllByText("somebody else's")).toHaveLength(1);
  expect(screen.getByText('of a job that runs here')).toBeTruthy();
  expect(screen.getByText('made here and not kept, see above')).toBeTruthy();
  expect(screen.getByText('identity of “East”')).toBeTruthy();
  expect(screen.getByText('identity of “Old”, removed')).toBeTruthy();
  expect(screen.getByText('no public half')).toBeTruthy();
  await press('Take it in…');
  type('Label', 'Old root');
  await press('Take it in');
  expect(callsOf('signers.adopt')).toEqual([{ id: TOKEN.id, spkiSha256: key.spkiSha256, label: 'Old root' }]);
  expect(location.hash).toBe('#/keys/key-7');
});

test('another signer on the same device is named', async () => {
  signerBridge(fakeList([SOFTWARE, { ...TOKEN, sameDevice: ['East'] }]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText(/^It is the same device as “East”/)).toBeTruthy();
});

test('a device that lost its identity key is bound again, asked once; what stands in the way is said there', async () => {
  const trouble = {
    ...{
      code: 'IDENTITY_LOST',
      text: 'It has lost the identity key.',
      cause: '',
      check: '',
      fix: '',
      library: '',
    },
  };
  const lost: SignerRow = { ...TOKEN, state: 'unusable', text: trouble.text, trouble };
  const no = { code: 'SIGNER_UNAVAILABLE', message: 'Its key is not on this device either.' };
  const { callsOf } = signerBridge(fakeList([SOFTWARE, lost]), {
    'signers.bindAgain': () => ({ job: 'j-1' }),
    'jobs.get': () => endedJob('j-1', no),
  });
  await show(Signer, '/signers/signer-1');
  await press('Bind it again…');
  expect(callsOf('signers.bindAgain')).toEqual([]);
  await press('Bind again');
  expect(callsOf('signers.bindAgain')).toEqual([{ id: TOKEN.id }]);
  expect(within(screen.getByRole('alertdialog')).getByText(no.message)).toBeTruthy();
});
