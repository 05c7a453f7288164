import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SignerPrompt } from '#shared/contract/signers.ts';
import { fakeList, SERVER, SOFTWARE, TOKEN } from '../views/signers/fake-signers.ts';
import { type FakeBridge, installBridge, Refusal } from './fake-bridge.ts';
import { dropWorkspaceData, takeEvent } from './query-store.ts';
import { SignerPrompts } from './signer-prompts.tsx';

const PIN: SignerPrompt = {
  id: 'prompt-1',
  signer: 'signer-1',
  signerName: 'My token',
  kind: 'pin',
  text: 'Type the PIN of My token 1.',
  tries: null,
  forSignature: false,
  token: null,
  server: null,
  since: '2026-11-27T12:00:00.000Z',
};
const TOUCH: SignerPrompt = { ...PIN, id: 'prompt-2', kind: 'waits', text: 'Touch the device.' };

let prompts: SignerPrompt[] = [];
function bridge(answers: Parameters<typeof installBridge>[0] = {}): FakeBridge {
  return installBridge({
    'signers.prompts': () => ({ prompts }),
    'signers.answer': () => {
      prompts = prompts.slice(1);
      return {};
    },
    'signers.cancelPrompt': () => {
      prompts = prompts.slice(1);
      return {};
    },
    ...answers,
  });
}
const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
async function show(state: 'unlocked' | 'locked' = 'unlocked') {
  const shown = render(<SignerPrompts state={state} />);
  await settle();
  return shown;
}
async function press(name: string | RegExp): Promise<void> {
  fireEvent.click(screen.getByRole('button', { name }));
  await settle();
}

beforeEach(() => {
  dropWorkspaceData();
  prompts = [PIN];
});
afterEach(cleanup);

test('a PIN for a signature is called so, and is not offered to the workspace', async () => {
  prompts = [{ ...PIN, forSignature: true }];
  const { callsOf } = bridge();
  await show();
  expect(screen.getByRole('alertdialog').textContent).toContain('Signature PIN of “My token”');
  expect(screen.getAllByRole('radio')).toHaveLength(2);
  expect(screen.queryByRole('radio', { name: /^In the encrypted workspace/ })).toBeNull();
  fireEvent.change(screen.getByLabelText('Signature PIN'), { target: { value: '4321' } });
  await press('Send PIN');
  expect(callsOf('signers.answer')).toEqual([{ prompt: PIN.id, pin: '4321', keep: 'no' }]);
});

test('a PIN is typed, sent once with what is to become of it, and the question goes', async () => {
  const { callsOf } = bridge();
  await show();
  expect(screen.getByRole('alertdialog').textContent).toContain('PIN of “My token”');
  const field = screen.getByLabelText('PIN');
  expect(field.getAttribute('type')).toBe('password');
  expect(screen.getByRole('button', { name: 'Show PIN' })).toBeTruthy();
  expect(screen.getByRole('radio', { name: /^Use it now/ })).toHaveProperty('checked', true);
  await press('Send PIN');
  expect(callsOf('signers.answer')).toEqual([]);
  fireEvent.change(field, { target: { value: '5678' } });
  fireEvent.click(screen.getByRole('radio', { name: /^Until the workspace is locked/ }));
  await press('Send PIN');
  expect(callsOf('signers.answer')).toEqual([{ prompt: 'prompt-1', pin: '5678', keep: 'until-lock' }]);
  expect(screen.queryByRole('alertdialog')).toBeNull();
});

test('a KMIP server is asked about by its password', async () => {
  // As it is examined: another host than the one in force.
  const server = { host: 'pending.example.net', port: 5696 };
  prompts = [
    { ...PIN, signer: SERVER.id, signerName: SERVER.name, text: 'Type the password of KMIP east.', server },
  ];
  bridge({ 'signers.list': () => fakeList([SOFTWARE, SERVER]) });
  await show();
  expect(screen.getByRole('alertdialog').textContent).toContain('Password of “KMIP east”');
  expect(screen.getByRole('alertdialog').textContent).toContain('Serverpending.example.net port 5696');
  expect(screen.getByLabelText('Password').getAttribute('type')).toBe('password');
  expect(screen.getByRole('button', { name: 'Send password' })).toBeTruthy();
  expect(screen.queryByText(/PIN/)).toBeNull();
});

test('the question says which token it is, by label and serial', async () => {
  bridge({ 'signers.list': () => fakeList([SOFTWARE, TOKEN]) });
  await show();
  const { textContent } = screen.getByRole('alertdialog');
  expect(textContent).toContain('TokenMy token 1');
  expect(textContent).toContain('Seriala1b2c3d4e5f60718');
});

test('before the first login it says the serial that the slot shows', async () => {
  prompts = [{ ...PIN, token: { label: 'My token 1', serial: '0fe90898' } }];
  bridge({ 'signers.list': () => fakeList([SOFTWARE, { ...TOKEN, device: null }]) });
  await show();
  expect(screen.getByRole('alertdialog').textContent).toContain('Serial0fe90898');
});

test('a PIN that may not be sent is refused at its field', async () => {
  const message = 'My token refused this PIN.';
  bridge({
    'signers.answer': () => {
      throw new Refusal({
        code: 'INVALID_INPUT',
        message,
        ref: 'r',
        details: { fields: [{ path: 'pin', message }] },
      });
    },
  });
  await show();
  fireEvent.change(screen.getByLabelText('PIN'), { target: { value: '5678' } });
  await press('Send PIN');
  expect(screen.getByText(message)).toBeTruthy();
  expect(screen.getByLabelText('PIN').getAttribute('aria-invalid')).toBe('true');
  expect(screen.queryByText('Something in the input does not fit')).toBeNull();
});

test('Enter sends it', async () => {
  const { callsOf } = bridge();
  await show();
  fireEvent.change(screen.getByLabelText('PIN'), { target: { value: '5678' } });
  fireEvent.submit(screen.getByLabelText('PIN').closest('form') as HTMLFormElement);
  await settle();
  expect(callsOf('signers.answer')).toEqual([{ prompt: 'prompt-1', pin: '5678', keep: 'no' }]);
});

test('tries left are said in words', async () => {
  bridge();
  prompts = [{ ...PIN, tries: 'low' }];
  const { unmount } = await show();
  expect(screen.getByText(/The token does not say how many tries are left/)).toBeTruthy();
  unmount();
  dropWorkspaceData();
  prompts = [{ ...PIN, tries: 'final' }];
  await show();
  expect(screen.getByText(/the last try\. A wrong PIN locks the token/)).toBeTruthy();
});

test('what waits for a hand can only be cancelled, by button or Escape', async () => {
  const { callsOf } = bridge();
  prompts = [TOUCH];
  await show();
  expect(screen.getByText('Touch the device.')).toBeTruthy();
  expect(screen.queryByLabelText('PIN')).toBeNull();
  fireEvent.keyDown(screen.getByRole('button', { name: 'Cancel' }), { key: 'Escape' });
  await settle();
  expect(callsOf('signers.cancelPrompt')).toEqual([{ prompt: 'prompt-2' }]);
  expect(screen.queryByRole('alertdialog')).toBeNull();
});

test('a question that comes while another screen is open is shown, and the next one begins empty', async () => {
  bridge();
  prompts = [];
  await show();
  expect(screen.queryByRole('alertdialog')).toBeNull();
  prompts = [PIN, { ...PIN, id: 'prompt-3', signerName: 'Other token' }];
  act(() => takeEvent({ type: 'changed', topic: 'signers', ids: [] }));
  await settle();
  expect(screen.getByText('One more question waits.')).toBeTruthy();
  fireEvent.change(screen.getByLabelText('PIN'), { target: { value: '5678' } });
  await press('Cancel');
  expect(screen.getByRole('alertdialog').textContent).toContain('Other token');
  expect(screen.getByLabelText<HTMLInputElement>('PIN').value).toBe('');
});

test('a refusal is said and what was typed is gone', async () => {
  bridge({
    'signers.answer': () => {
      throw new Refusal({ code: 'NOT_FOUND', message: 'Nobody asks any more.', ref: 'r' });
    },
  });
  await show();
  fireEvent.change(screen.getByLabelText('PIN'), { target: { value: '5678' } });
  await press('Send PIN');
  expect(screen.getByText('Nobody asks any more.')).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>('PIN').value).toBe('');
});

test('nothing is asked while the workspace is locked, and a question goes with the lock', async () => {
  const { callsOf } = bridge();
  await show('locked');
  expect(callsOf('signers.prompts')).toEqual([]);
  expect(screen.queryByRole('alertdialog')).toBeNull();
  cleanup();
  const { rerender } = await show();
  expect(screen.getByRole('alertdialog')).toBeTruthy();
  rerender(<SignerPrompts state="locked" />);
  expect(screen.queryByRole('alertdialog')).toBeNull();
});
