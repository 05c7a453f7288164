import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SignerRow } from '#shared/contract/signers.ts';
import { fakeList, KMIP, SERVER, SOFTWARE, TOKEN } from '../views/signers/fake-signers.ts';
import { settle } from '../views/signers/fake-view.tsx';
import { installBridge } from './fake-bridge.ts';
import { dropWorkspaceData } from './query-store.ts';
import type { Session } from './session.ts';
import { StatusBar } from './status-bar.tsx';

beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

const NEVER: SignerRow = { ...TOKEN, state: 'announced' };

test.each<[SignerRow[], string]>([
  [[SOFTWARE, TOKEN], 'Offline station: no socket open'],
  [[SOFTWARE, SERVER], 'Offline station: no socket open'],
  [
    [SOFTWARE, { ...SERVER, settings: { ...KMIP, host: '192.0.2.7' } }],
    'Offline station: only 192.0.2.7 port 5696',
  ],
])('an offline station says what it may connect to: %#', async (rows, says) => {
  installBridge({ 'signers.list': () => fakeList(rows) });
  const session = { state: 'unlocked', workspace: { kind: 'offline' } } as unknown as Session;
  render(<StatusBar session={session} />);
  await settle();
  expect(screen.getByText(says)).toBeTruthy();
});

test.each<[SignerRow[], string]>([
  [[SOFTWARE], '1 signer ready'],
  [[SOFTWARE, TOKEN], '2 signers ready'],
  [[SOFTWARE, NEVER], '1 signer ready, 1 not contacted yet'],
  [[SOFTWARE, SERVER], '1 of 2 signers ready'],
  [[SOFTWARE, NEVER, SERVER], '1 of 2 signers ready, 1 not contacted yet'],
  [[NEVER], '1 not contacted yet'],
])('signers that nobody has contacted are counted apart: %#', async (rows, says) => {
  installBridge({ 'signers.list': () => fakeList(rows) });
  const session = { state: 'unlocked', workspace: { kind: 'online' } } as unknown as Session;
  render(<StatusBar session={session} />);
  await settle();
  expect(screen.getByText(says)).toBeTruthy();
});
