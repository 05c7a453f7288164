import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Answer } from '#shared/contract/index.ts';
import type { SignerRow } from '#shared/contract/signers.ts';
import { fakeList, SERVER, SOFTWARE, TOKEN } from '../views/signers/fake-signers.ts';
import { settle } from '../views/signers/fake-view.tsx';
import { installBridge, Refusal } from './fake-bridge.ts';
import { dropWorkspaceData } from './query-store.ts';
import type { Session } from './session.ts';
import { StatusBar } from './status-bar.tsx';

const none = (): never => {
  throw new Refusal({ code: 'NOT_FOUND', message: 'Not here.', ref: 'r' });
};

async function badge(
  state: 'unlocked' | 'locked',
  endpoints: Answer<'signers.endpoints'>['endpoints'],
): Promise<string | null> {
  installBridge({
    'signers.endpoints': () => ({ endpoints }),
    ...{ 'app.info': none, 'overview.get': none, 'audit.head': none, 'ta.service': none },
  });
  render(<StatusBar session={{ state, workspace: { kind: 'offline' } } as Session} />);
  await act(async () => void (await new Promise((done) => setTimeout(done, 20))));
  return screen.getByText(/^Offline station/).textContent;
}

beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

const HSM = { address: '192.0.2.7', port: 5696, examined: false };

test.each([
  ['unlocked', [], 'Offline station: no socket open'],
  ['locked', [HSM], 'Offline station: no socket open'],
  ['unlocked', [HSM], 'Offline station: reaches only 192.0.2.7:5696'],
  [
    'unlocked',
    [{ address: '2001:db8::1', port: 5697, examined: true }],
    'Offline station: reaches only [2001:db8::1]:5697 (being examined)',
  ],
] as const)(
  'an offline station, %s: beside its badge stands what it may reach (%#)',
  async (state, endpoints, text) => {
    expect(await badge(state, [...endpoints])).toBe(text);
  },
);

const NEVER: SignerRow = { ...TOKEN, state: 'announced' };

test.each<[SignerRow[], string]>([
  [[SOFTWARE], '1 signer ready'],
  [[SOFTWARE, TOKEN], '2 signers ready'],
  [[SOFTWARE, NEVER], '1 of 2 signers ready, 1 not contacted yet'],
  [[SOFTWARE, SERVER], '1 of 2 signers ready'],
  [[SOFTWARE, NEVER, SERVER], '1 of 3 signers ready, 1 not contacted yet'],
  [[NEVER], '0 of 1 signer ready, 1 not contacted yet'],
  // Somebody has to type its PIN.
  [[SOFTWARE, NEVER, { ...NEVER, secretMark: 'refused' }], '1 of 3 signers ready, 1 not contacted yet'],
])('the signers that are ready out of all, and those that nobody has contacted: %#', async (rows, says) => {
  installBridge({ 'signers.list': () => fakeList(rows) });
  const session = { state: 'unlocked', workspace: { kind: 'online' } } as unknown as Session;
  render(<StatusBar session={session} />);
  await settle();
  expect(screen.getByText(says)).toBeTruthy();
});
