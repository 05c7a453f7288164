import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { CreateKeyDialog } from '../keys/create-key-dialog.tsx';
import { fakeList, SERVER, SOFTWARE } from '../signers/fake-signers.ts';
import { StepKey } from './step-key.tsx';

const RSA_ONLY = {
  ...SERVER,
  state: 'ready' as const,
  algorithms: ['rsa-2048', 'rsa-3072'],
} as typeof SERVER;
const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
const type = (name: string) => screen.getByRole('radio', { name: new RegExp(`^${name}`) });

function Step() {
  const [key, setKey] = useState<IssueDraft['key']>({ from: 'new', algorithm: 'p-256', label: '' });
  return (
    <StepKey
      data={{ purpose: 'root', replaces: null, key } as unknown as IssueDraft}
      change={(part) => part.key && setKey(part.key)}
      problems={[]}
      from="new"
      onFrom={() => undefined}
      onRequest={() => undefined}
    />
  );
}

beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('with a signer that does not make the type, the first that it makes is chosen', async () => {
  installBridge({ 'signers.list': () => fakeList([{ ...SOFTWARE, roles: ['default'] }, RSA_ONLY]) });
  render(<Step />);
  await settle();
  expect(type('P-256')).toHaveProperty('checked', true);
  fireEvent.click(screen.getByRole('radio', { name: /^KMIP east/ }));
  expect(type('RSA 2048')).toHaveProperty('checked', true);
  fireEvent.click(type('RSA 3072'));
  fireEvent.click(screen.getByRole('radio', { name: /^Software/ }));
  expect(type('RSA 3072')).toHaveProperty('checked', true);
});

test('the same where such a signer is the default and nobody chose', async () => {
  installBridge({ 'signers.list': () => fakeList([SOFTWARE, { ...RSA_ONLY, roles: ['default'] }]) });
  render(<Step />);
  await settle();
  expect(type('RSA 2048')).toHaveProperty('checked', true);
});

test('a new key under Keys follows its signer, too', async () => {
  const { callsOf } = installBridge({
    'signers.list': () => fakeList([SOFTWARE, { ...RSA_ONLY, roles: ['default'] }]),
  });
  render(<CreateKeyDialog open onClose={() => undefined} />);
  await settle();
  expect(type('RSA 2048')).toHaveProperty('checked', true);
  fireEvent.change(screen.getByLabelText('Label'), { target: { value: 'a' } });
  fireEvent.click(screen.getByRole('button', { name: 'Make key' }));
  await settle();
  expect(callsOf('keys.create')).toEqual([{ algorithm: 'rsa-2048', label: 'a', signer: null }]);
});
