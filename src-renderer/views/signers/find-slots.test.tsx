import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dropWorkspaceData, takeEvent } from '../../app/query-store.ts';
import { EditSigner, NewSigner } from './edit-signer.tsx';
import { fakeList, PKCS11, SOFTWARE, TOKEN } from './fake-signers.ts';
import { bridge, LIBRARY, SLOTS, token } from './fake-slots.ts';
import { endedJob, press, settle, show, type } from './fake-view.tsx';

beforeEach(() => {
  dropWorkspaceData();
  Object.assign(Element.prototype, { scrollIntoView: () => Promise.resolve() });
});
afterEach(cleanup);

test('a token is chosen by a click: the library found, its label, and its serial, because another has the same label', async () => {
  const { callsOf } = bridge();
  await show(NewSigner, '/signers/new');
  await press(/^SoftHSM/);
  await press('Look for slots');
  expect(callsOf('signers.findSlots')).toEqual([{ libPath: LIBRARY, environment: {} }]);
  expect(screen.getByText(/empty reader, no token in it/)).toBeTruthy();
  expect(screen.getByText(/The first slot whose token has it is used/)).toBeTruthy();
  await press(/bb22/);
  expect(screen.queryByText(/The first slot whose token has it is used/)).toBeNull();
  type('Name', 'Token');
  await press('Save signer');
  expect(callsOf('signers.save')).toEqual([
    {
      revision: 7,
      id: null,
      name: 'Token',
      settings: {
        ...PKCS11,
        libPath: LIBRARY,
        slot: { by: 'label', label: 'My token 1' },
        serial: 'bb22',
        environment: {},
      },
      secret: { do: 'forget' },
    },
  ]);
  expect(location.hash).toBe('#/signers/signer-9');
});

test('a chosen token proposes its label as the name, as long as nobody has typed one', async () => {
  const other = { id: 6, description: '', token: token('East', 'cc33') };
  const hidden = { id: 7, description: '', token: token('We\u202Est', 'dd44') };
  bridge({ 'signers.slotsFound': () => ({ ...SLOTS, slots: [...SLOTS.slots, other, hidden] }) });
  await show(NewSigner, '/signers/new');
  await press(/^SoftHSM/);
  await press('Look for slots');
  const name = (): string => screen.getByLabelText<HTMLInputElement>('Name').value;
  await press(/dd44/);
  expect(name()).toBe('');
  await press(/bb22/);
  expect(name()).toBe('My token 1');
  await press(/cc33/);
  expect(name()).toBe('East');
  type('Name', 'Mine');
  await press(/bb22/);
  expect(name()).toBe('Mine');
});

test('a token that a signer uses is not erased, and who uses it is said before anything is typed', async () => {
  const used = { ...TOKEN, device: TOKEN.device === null ? null : { ...TOKEN.device, serial: 'bb22' } };
  bridge({ 'signers.list': () => fakeList([SOFTWARE, used]) });
  await show(NewSigner, '/signers/new');
  await press(/^SoftHSM/);
  await press('Look for slots');
  await press(/bb22/);
  const erase = screen.getByRole('button', { name: /^Erase/ });
  expect(erase.getAttribute('aria-disabled')).toBe('true');
  await press(/^Erase/);
  expect(screen.queryByLabelText(/^Type the serial/)).toBeNull();
  await press(/aa11/);
  await press(/^Erase/);
  expect(screen.getByLabelText(/^Type the serial aa11/)).toBeTruthy();
});

test('an empty token is not chosen but initialised; a PIN pad is said to be the reason where it is not', async () => {
  const empty = { ...token('', ''), initialized: false };
  const slots = [
    { id: 3, description: '', token: empty },
    { id: 4, description: '', token: { ...empty, pinPad: true } },
  ];
  const { callsOf } = bridge({
    'signers.slotsFound': () => ({ ...SLOTS, slots }),
    'signers.initToken': () => ({ job: 'j-2' }),
  });
  await show(NewSigner, '/signers/new');
  await press(/^SoftHSM/);
  await press('Look for slots');
  expect(screen.getByText(/No token is initialised here/)).toBeTruthy();
  const button = (slot: string) => screen.getByRole('button', { name: new RegExp(`^Initialise….*${slot}`) });
  expect(button('0x4').getAttribute('aria-disabled')).toBe('true');
  fireEvent.click(button('0x3'));
  await settle();
  for (const [label, value] of [
    ['Label', 'Vault'],
    ['PIN', '4321'],
    ['PIN, again', '4321'],
    ["Security officer's PIN", '87654321'],
    ["Security officer's PIN, again", '87654321'],
  ] as const)
    fireEvent.change(within(screen.getByRole('dialog')).getByLabelText(label, { selector: 'input' }), {
      target: { value },
    });
  await press('Initialise token');
  expect(callsOf('signers.initToken')).toEqual([
    {
      libPath: LIBRARY,
      environment: {},
      slot: 3,
      label: 'Vault',
      pin: '4321',
      soPin: '87654321',
      erase: null,
    },
  ]);
  // A dialog inside the form is no part of it.
  expect(callsOf('signers.save')).toEqual([]);
  // It was made, and slots were looked for once; a dialog that is opened and left again does not look.
  await settle();
  expect(screen.queryByRole('dialog')).toBeNull();
  const looked = callsOf('signers.findSlots').length;
  fireEvent.click(button('0x3'));
  await settle();
  await press('Cancel');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(callsOf('signers.findSlots')).toHaveLength(looked);
});

test('an erasing is not left by closing its dialog; when it stopped half-way the slots are looked at again', async () => {
  let end = endedJob('j-2');
  const { callsOf } = bridge({
    'signers.initToken': () => ({ job: 'j-2' }),
    'jobs.get': ({ id }: { id: string }) => (id === 'j-2' ? end : endedJob(id)),
  });
  end = { ...end, state: 'running', endedAt: null as never };
  await show(NewSigner, '/signers/new');
  await press(/^SoftHSM/);
  await press('Look for slots');
  await press(/aa11/);
  await press(/^Erase/);
  const dialog = () => screen.queryByRole('alertdialog');
  for (const [label, value] of [
    ['Type the serial aa11', 'aa11'],
    ['PIN', '4321'],
    ['PIN, again', '4321'],
    ['Present PIN of the security officer', '87654321'],
  ] as const)
    fireEvent.change(within(dialog() as HTMLElement).getByLabelText(label, { selector: 'input' }), {
      target: { value },
    });
  await press('Erase and initialise');
  await press('Cancel');
  fireEvent.keyDown(dialog() as HTMLElement, { key: 'Escape' });
  await settle();
  expect(dialog()).not.toBeNull();

  end = endedJob('j-2', { code: 'SIGNER_UNAVAILABLE', message: 'The token was erased, but has no PIN.' });
  takeEvent({ type: 'changed', topic: 'jobs', ids: ['j-2'] });
  await settle();
  expect(screen.getByText('The token was erased, but has no PIN.')).toBeTruthy();
  expect(callsOf('signers.findSlots')).toHaveLength(1);
  await press('Cancel');
  expect(dialog()).toBeNull();
  expect(callsOf('signers.findSlots')).toHaveLength(2);
});

test('who is sent there for the slots sees them at once, and not again by going back', async () => {
  const { callsOf } = bridge();
  await show(EditSigner, `/signers/${TOKEN.id}/edit?look=slots`);
  expect(callsOf('signers.findSlots')).toHaveLength(1);
  expect(location.hash).toBe(`#/signers/${TOKEN.id}/edit`);
});

test('a slot by number takes hexadecimal, says both notations, and forgets the serial of another choice', async () => {
  const { callsOf } = bridge();
  await show(NewSigner, '/signers/new');
  type('Name', 'Token');
  type(/^Library/, LIBRARY);
  await press('Look for slots');
  await press(/aa11/);
  fireEvent.click(screen.getByRole('radio', { name: 'By number' }));
  await settle();
  type('Slot', '0x12a9f8f7');
  expect(screen.getByText(/0x12A9F8F7 \(313129207\)\. Numbers change/)).toBeTruthy();
  await press('Save signer');
  expect(callsOf('signers.save')).toMatchObject([
    { settings: { slot: { by: 'id', id: 313_129_207 }, serial: null } },
  ]);
});
