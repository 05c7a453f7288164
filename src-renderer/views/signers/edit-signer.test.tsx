import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import { type FakeBridge, installBridge, Refusal } from '../../app/fake-bridge.ts';
import { dropWorkspaceData, takeEvent } from '../../app/query-store.ts';
import { EditSigner, NewSigner } from './edit-signer.tsx';
import { fakeList, PKCS11, SERVER, SOFTWARE, TOKEN } from './fake-signers.ts';
import { endedJob, press, settle, show, type } from './fake-view.tsx';

const LIBRARY = '/usr/lib/softhsm/libsofthsm2.so';
const token = (label: string, serial: string): NonNullable<DeviceTable['slots'][number]['token']> => ({
  label,
  serial,
  manufacturer: 'SoftHSM project',
  model: 'SoftHSM v2',
  firmware: '2.6',
  initialized: true,
  loginRequired: true,
  pinPad: false,
  tries: null,
});
const SLOTS: DeviceTable = {
  library: { manufacturer: 'SoftHSM', description: 'PKCS11', version: '2.6' },
  slots: [
    { id: 1, description: 'empty reader', token: null },
    { id: 313_129_207, description: '', token: token('My token 1', 'aa11') },
    { id: 5, description: '', token: token('My token 1', 'bb22') },
  ],
};

function bridge(answers: Parameters<typeof installBridge>[0] = {}): FakeBridge {
  return installBridge({
    'signers.list': () => fakeList([SOFTWARE, TOKEN, SERVER]),
    'signers.discover': () => ({ libraries: [{ device: 'SoftHSM', path: LIBRARY }], softhsm: null }),
    'signers.save': () => ({ id: 'signer-9' }),
    'signers.findSlots': () => ({ job: 'j-1' }),
    'signers.slotsFound': () => SLOTS,
    'jobs.get': () => endedJob('j-1'),
    ...answers,
  });
}

beforeEach(() => {
  dropWorkspaceData();
  Object.assign(Element.prototype, { scrollIntoView: () => Promise.resolve() });
});
afterEach(cleanup);

const radio = async (name: RegExp): Promise<void> => {
  fireEvent.click(screen.getByRole('radio', { name }));
  await settle();
};
const check = async (name: RegExp): Promise<void> => {
  fireEvent.click(screen.getByRole('checkbox', { name }));
  await settle();
};

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

test('library, certificates and key are typed or chosen; what was typed stays when nothing is chosen', async () => {
  const places: (string | null)[] = [
    '/opt/vendor/libp11.so',
    null,
    '/etc/ca.pem',
    '/etc/our.pem',
    '/etc/our.key',
  ];
  const { callsOf } = bridge({
    'dialogs.openFile': () => {
      const path = places.shift() ?? null;
      return { chosen: path === null ? null : { ticket: 'place-1', path, exists: true } };
    },
  });
  const value = (label: RegExp): string => (screen.getByLabelText(label) as HTMLInputElement).value;
  await show(NewSigner, '/signers/new');
  await press('Choose… the library');
  expect(value(/^Library/)).toBe('/opt/vendor/libp11.so');
  type(/^Library/, '/opt/typed.so');
  await press('Choose… the library');
  expect(value(/^Library/)).toBe('/opt/typed.so');
  await radio(/KMIP/);
  await press('Choose… the CA of the server');
  await press('Choose… our certificate');
  await press('Choose… the key of our certificate');
  expect(value(/^CA of the server/)).toBe('/etc/ca.pem');
  expect(value(/^Our certificate/)).toBe('/etc/our.pem');
  expect(value(/^Its key/)).toBe('/etc/our.key');
  expect(callsOf('dialogs.openFile')).toEqual(
    ['library', 'library', 'certificate', 'certificate', 'key'].map((purpose) => ({ purpose })),
  );
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

test('who adds a variable types its name next', async () => {
  bridge();
  await show(NewSigner, '/signers/new');
  await press('Add a variable');
  expect(document.activeElement).toBe(screen.getByLabelText('Name of variable 1'));
  await press('Add a variable');
  expect(document.activeElement).toBe(screen.getByLabelText('Name of variable 2'));
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

test('what is missing stands at its field, and nothing is sent', async () => {
  const { callsOf } = bridge();
  await show(NewSigner, '/signers/new');
  await press('Save signer');
  expect(screen.getByText('Give it a name.')).toBeTruthy();
  expect(screen.getByText('Say where the library is.')).toBeTruthy();
  expect(screen.getByText(/3 fields need you/)).toBeTruthy();
  expect(screen.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true');
  expect(callsOf('signers.save')).toEqual([]);
});

test("main's refusal stands at the field it names, and goes with the next change", async () => {
  bridge({
    'signers.save': () => {
      throw new Refusal({
        code: 'INVALID_INPUT',
        message: 'Two fields do not fit.',
        ref: 'r',
        details: {
          fields: [
            { path: 'settings.clientCertPath', message: 'Certificate and key do not belong together.' },
            { path: 'settings.serverCaCertPath', message: 'No certificate was found in it.' },
          ],
        },
      });
    },
  });
  await show(EditSigner, '/signers/signer-2/edit');
  await press('Save signer');
  const field = screen.getByLabelText(/^Our certificate/);
  expect(field.getAttribute('aria-invalid')).toBe('true');
  // Once, at its field.
  expect(screen.getAllByText('No certificate was found in it.')).toHaveLength(1);
  expect(screen.getByText('2 fields need you: look for the red marks above.')).toBeTruthy();
  type(/^Our certificate/, '/etc/kmip/other.pem');
  expect(field.getAttribute('aria-invalid')).not.toBe('true');
});

test('KMIP: defaults are there, insecure and force say what they do, a wrong number opens the folded part', async () => {
  const { callsOf } = bridge();
  await show(NewSigner, '/signers/new');
  await radio(/^KMIP/);
  expect(screen.getByLabelText<HTMLInputElement>('Port').value).toBe('5696');
  await check(/^insecure/);
  expect(screen.getByText(/can pose as the server/)).toBeTruthy();
  await check(/^force/);
  expect(screen.getByText(/PyKMIP does not announce Modify Attribute/)).toBeTruthy();
  type('Name', 'Server');
  type('Host', 'kmip.example.net');
  type('max_idle_seconds', '-5');
  const folded = screen.getByText(/^Advanced:/).closest('details') as HTMLDetailsElement;
  expect(folded.open).toBe(false);
  await press('Save signer');
  expect(folded.open).toBe(true);
  expect(callsOf('signers.save')).toEqual([]);
  type('max_idle_seconds', '900');
  await press('Save signer');
  expect(callsOf('signers.save')).toMatchObject([
    { settings: { kind: 'kmip', insecure: true, force: true, maxIdleSeconds: 900, maxRetrySeconds: 30 } },
  ]);
});

test('what max_retry_seconds means is said beside it', async () => {
  bridge();
  await show(NewSigner, '/signers/new');
  const field = screen.getByLabelText('max_retry_seconds');
  const said = (field.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent ?? '')
    .join(' ');
  expect(said).toMatch(/All retries of one call together end after this time/);
});

test('a stored PIN is kept and never shown; another one is sent once', async () => {
  const { callsOf } = bridge();
  await show(EditSigner, '/signers/signer-1/edit');
  expect(screen.getByRole('radio', { name: /Keep the PIN that is stored/ })).toHaveProperty('checked', true);
  expect(screen.queryByLabelText('PIN to store')).toBeNull();
  await press('Save signer');
  await radio(/Store another PIN/);
  type('PIN to store', 'username:password');
  await press('Save signer');
  expect(callsOf('signers.save')).toMatchObject([
    { id: TOKEN.id, settings: PKCS11, secret: { do: 'keep' } },
    { id: TOKEN.id, settings: PKCS11, secret: { do: 'store', secret: 'username:password' } },
  ]);
});

test('a private key that could leave the device is warned about', async () => {
  const { callsOf } = bridge();
  await show(EditSigner, '/signers/signer-1/edit');
  await check(/^Private keys/);
  expect(screen.queryByText(/may be able to leave/)).toBeNull();
  await press(/CKA_EXTRACTABLE/);
  fireEvent.click(screen.getByRole('option', { name: /^not said/ }));
  await settle();
  expect(screen.getByText(/may be able to leave/)).toBeTruthy();
  await press('Save signer');
  expect(callsOf('signers.save')).toMatchObject([
    { settings: { privateKeyAttributes: { CKA_PRIVATE: true, CKA_SENSITIVE: true } } },
  ]);
});

test('what is not configured has no settings to change', async () => {
  bridge();
  await show(EditSigner, '/signers/nobody/edit');
  expect(screen.getByText(/not configured/)).toBeTruthy();
});
