import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installBridge } from '../app/fake-bridge.ts';
import { dropWorkspaceData } from '../app/query-store.ts';
import { KEY_TYPES } from '../views/keys/key-words.ts';
import { fakeList, REFUSED, SERVER, SOFTWARE, TOKEN } from '../views/signers/fake-signers.ts';
import { SignerChoice, typesFor, useSigners } from './signer-choice.tsx';

function Wizard({ algorithm }: { algorithm?: 'p-521' }) {
  const signers = useSigners();
  const [chosen, setChosen] = useState<string | null>(null);
  const types = typesFor(signers, chosen ?? signers.defaultSigner, KEY_TYPES);
  return (
    <>
      <SignerChoice
        signers={signers}
        value={chosen}
        onChange={setChosen}
        {...(algorithm === undefined ? {} : { algorithm })}
      />
      <p data-testid="types">{types.map(({ value }) => value).join(' ')}</p>
    </>
  );
}

async function show(rows: Parameters<typeof fakeList>[0], algorithm?: 'p-521'): Promise<void> {
  installBridge({ 'signers.list': () => fakeList(rows) });
  render(<Wizard {...(algorithm === undefined ? {} : { algorithm })} />);
  await act(async () => void (await new Promise((done) => setTimeout(done, 20))));
}
const types = (): string => screen.getByTestId('types').textContent;

beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('with one signer there is nothing to choose', async () => {
  await show([{ ...SOFTWARE, roles: ['default', 'one-off'] }]);
  expect(screen.queryByRole('radio')).toBeNull();
  expect(types()).toContain('ed25519');
});

test('the default is chosen until somebody chooses; types are those the chosen one makes', async () => {
  await show([SOFTWARE, TOKEN, SERVER]);
  expect(screen.getByRole('radio', { name: /SoftHSM token/ })).toHaveProperty('checked', true);
  expect(types()).toBe('p-256 p-384 rsa-2048 rsa-3072 rsa-4096');
  fireEvent.click(screen.getByRole('radio', { name: /^Software/ }));
  expect(types()).toContain('p-521');
  fireEvent.click(screen.getByRole('radio', { name: /KMIP east/ }));
  expect(types()).not.toContain('ed25519');
});

test('what cannot be used, or makes no such key, is there and says why', async () => {
  await show([SOFTWARE, REFUSED], 'p-521');
  const token = screen.getByRole('radio', { name: /SoftHSM token/ });
  expect(token).toHaveProperty('disabled', true);
  expect(screen.getByText(/makes no such key/)).toBeTruthy();
});
