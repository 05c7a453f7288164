import { act, cleanup, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { dropWorkspaceData, takeEvent } from '../../app/query-store.ts';
import { fakeList, SOFTWARE, TOKEN } from './fake-signers.ts';
import { AT, endedJob, giveSize, press, settle, show, signerBridge } from './fake-view.tsx';
import { Signer } from './signer.tsx';

beforeAll(giveSize);
beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('keys that take long to list show how far it is, can be cancelled, and are listed again when asked', async () => {
  let state = 'running';
  const running = {
    ...{ title: 'Keys on Vault', step: 'Key 3 of 40', progress: 0.075 },
    ...{ endedAt: null, cancellable: true },
  };
  const { callsOf } = signerBridge(fakeList([SOFTWARE, TOKEN]), {
    'signers.deviceKeys': () => ({ job: 'j-list' }),
    'signers.deviceKeysFound': () => (state === 'done' ? { at: AT, keys: [] } : null),
    'jobs.get': ({ id }: { id: string }) => ({
      ...endedJob(id),
      ...(state === 'running' ? running : {}),
      state,
    }),
    'jobs.cancel': () => ({}),
  });
  const told = async (now: string): Promise<void> => {
    state = now;
    act(() => takeEvent({ type: 'changed', topic: 'jobs', ids: ['j-list'] }));
    await settle();
  };
  await show(Signer, '/signers/signer-1');
  await vi.waitFor(() => expect(screen.getByText('Key 3 of 40').closest('[hidden]')).toBeNull());
  expect(screen.getByRole('progressbar', { name: 'Keys on Vault' }).getAttribute('aria-valuenow')).toBe('7');
  await press('Cancel');
  expect(callsOf('jobs.cancel')).toEqual([{ id: 'j-list' }]);
  await told('cancelled');
  expect(screen.getByText('They were not listed: it was cancelled.')).toBeTruthy();
  state = 'running';
  await press('List its keys');
  // Keys changed meanwhile: it is listed once more, after this.
  act(() => takeEvent({ type: 'changed', topic: 'keys', ids: [] }));
  await settle();
  expect(callsOf('signers.deviceKeys')).toHaveLength(2);
  await told('done');
  expect(screen.getByText('No private key lies on it')).toBeTruthy();
  expect(callsOf('signers.deviceKeys')).toHaveLength(3);
});

test('a key that a cancelled examination left is called so, and destroyed by a contact after a question', async () => {
  let gone = false;
  const left = {
    ...{ identifier: 'd8fd01', label: 'Baleen doctor', type: 'P-256', keyIdentifier: null, spkiSha256: null },
    ...{ uses: ['sign'], sensitive: true, neverExtractable: true, key: null, identity: null },
    ...{ begun: 'examination', adoptable: false },
  };
  const { callsOf } = signerBridge(fakeList([SOFTWARE, TOKEN]), {
    'signers.deviceKeys': () => ({ job: 'j-list' }),
    'signers.deviceKeysFound': () => ({ at: AT, keys: gone ? [] : [left] }),
    'signers.login': () => ((gone = true), { job: 'j-login' }),
    'jobs.get': ({ id }: { id: string }) => endedJob(id),
  });
  await show(Signer, '/signers/signer-1');
  expect(await screen.findByText('left by a cancelled examination')).toBeTruthy();
  await press('Destroy… d8fd01');
  expect(callsOf('signers.login')).toEqual([]);
  await press('Destroy');
  await settle();
  expect(callsOf('signers.login')).toEqual([{ id: 'signer-1' }]);
  expect(await screen.findByText('No private key lies on it')).toBeTruthy();
});
