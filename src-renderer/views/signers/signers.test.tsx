import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type FakeBridge, installBridge, Refusal } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { fakeList, KMIP, PKCS11, SERVER, SOFTWARE, TOKEN } from './fake-signers.ts';
import { endedJob, giveSize, press, settle, show, type } from './fake-view.tsx';
import type { SignerList } from './signer-words.ts';
import { Signers } from './signers.tsx';

const NO_LIBRARY = { libraries: [], softhsm: null };
const SOFTHSM = { library: '/usr/lib/softhsm/libsofthsm2.so', util: null };

function bridge(list: SignerList, answers: Parameters<typeof installBridge>[0] = {}): FakeBridge {
  return installBridge({
    'signers.list': () => list,
    'signers.discover': () => NO_LIBRARY,
    ...answers,
  });
}

beforeAll(giveSize);
beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('every signer with its state in words, its roles, its keys and the serial of its device', async () => {
  bridge(fakeList());
  await show(Signers, '/signers');
  const row = (name: string) =>
    within(screen.getByText(name, { selector: 'b' }).closest('[role=row]') as HTMLElement);
  expect(row('SoftHSM token').getByText('ready')).toBeTruthy();
  expect(row('SoftHSM token').getByText('default')).toBeTruthy();
  expect(row('SoftHSM token').getByText('a1b2c3d4e5f60718')).toBeTruthy();
  expect(row('KMIP east').getByText(/not there/)).toBeTruthy();
  expect(row('KMIP east').getByText(/tried again/)).toBeTruthy();
  expect(screen.queryByText('Changes wait')).toBeNull();
});

test('a signer whose PIN was refused says so in the list before it is contacted again', async () => {
  const never = { ...TOKEN, state: 'announced' as const };
  const server = { ...never, id: 'signer-2', name: 'KMIP east', kind: 'kmip' as const };
  bridge(fakeList([SOFTWARE, { ...never, secretMark: 'refused' }, { ...server, secretMark: 'unanswered' }]));
  await show(Signers, '/signers');
  expect(screen.getByText('PIN refused')).toBeTruthy();
  expect(screen.getByText('password not answered to')).toBeTruthy();
  expect(screen.queryByText('not contacted yet')).toBeNull();
});

test('a token that was not met yet has the serial of its settings', async () => {
  const never = { ...TOKEN, state: 'announced' as const, device: null };
  bridge(fakeList([SOFTWARE, { ...never, settings: { ...PKCS11, serial: 'c0ffee' } }]));
  await show(Signers, '/signers');
  expect(screen.getByText('c0ffee')).toBeTruthy();
  cleanup();
  dropWorkspaceData();
  bridge(fakeList([SOFTWARE, { ...never, settings: { ...PKCS11, serial: null } }]));
  await show(Signers, '/signers');
  expect(screen.getByText('not known yet')).toBeTruthy();
});

test('where the window is narrow a long name and every role are there in full', async () => {
  const width = vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(556);
  const name = 'Token in the vault of the second data centre, box seven, behind the second door';
  bridge(fakeList([SOFTWARE, { ...TOKEN, name, roles: ['default', 'one-off'] }]));
  await show(Signers, '/signers');
  width.mockReturnValue(1200);
  expect(screen.queryByRole('grid')).toBeNull();
  const link = within(screen.getByRole('list', { name: 'Signers' })).getByRole('link', { name: /^Token in/ });
  expect(link.getAttribute('href')).toBe('#/signers/signer-1');
  for (const said of [name, 'default', 'one-off, implied', 'ready', 'PKCS#11', 'a1b2c3d4e5f60718'])
    expect(within(link).getByText(said)).toBeTruthy();
});

test('from the address the changes are shown once more before they are applied', async () => {
  const { callsOf } = bridge(fakeList([SOFTWARE, TOKEN], { changes: ['“KMIP east” is new.'] }), {
    'signers.apply': () => ({}),
  });
  await show(Signers, '/signers?open=apply');
  const dialog = within(screen.getByRole('dialog', { name: 'Apply the changes?' }));
  expect(dialog.getByText('“KMIP east” is new.')).toBeTruthy();
  expect(callsOf('signers.apply')).toEqual([]);
  fireEvent.click(dialog.getByRole('button', { name: 'Apply changes' }));
  await settle();
  expect(callsOf('signers.apply')).toEqual([{ revision: 7 }]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('what waits is listed, marked in the list, and applied with its revision', async () => {
  const list = fakeList([SOFTWARE, TOKEN], { changes: ['“KMIP east” is new.'] });
  list.pending.signers.push({
    id: 'signer-2',
    name: 'KMIP east',
    kind: 'kmip',
    settings: KMIP,
    secretStored: false,
  });
  const { callsOf } = bridge(list, { 'signers.apply': () => ({}), 'signers.discard': () => ({}) });
  await show(Signers, '/signers');
  expect(screen.getByText('“KMIP east” is new.')).toBeTruthy();
  expect(screen.getByText('new, not applied')).toBeTruthy();
  await press('Apply changes');
  expect(callsOf('signers.apply')).toEqual([{ revision: 7 }]);
  await press('Discard…');
  await press('Discard changes');
  expect(callsOf('signers.discard')).toEqual([{ revision: 7 }]);
});

test('a fault is said in its words and keeps the changes from being applied', async () => {
  const fault = "'default_signer' must be set when more than one [[signers]] configuration is defined";
  const { callsOf } = bridge(
    fakeList([SOFTWARE, TOKEN], { changes: ['The default signer is not chosen.'], faults: [fault] }),
  );
  await show(Signers, '/signers');
  expect(screen.getByText(fault)).toBeTruthy();
  const apply = screen.getByRole('button', { name: 'Apply changes' });
  expect(apply.getAttribute('aria-disabled')).toBe('true');
  await press('Apply changes');
  expect(callsOf('signers.apply')).toEqual([]);
});

test('after the changes are applied the focus is on the heading, because the card goes', async () => {
  let list = fakeList([SOFTWARE, TOKEN], { changes: ['A change.'] });
  bridge(list, {
    'signers.list': () => list,
    'signers.apply': () => {
      list = fakeList([SOFTWARE, TOKEN]);
      return {};
    },
  });
  await show(Signers, '/signers');
  screen.getByRole('button', { name: 'Apply changes' }).focus();
  await press('Apply changes');
  expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
});

test('a refusal to apply is shown with what to do next', async () => {
  bridge(fakeList([SOFTWARE, TOKEN], { changes: ['A change.'] }), {
    'signers.apply': () => {
      throw new Refusal({ code: 'CONFLICT', message: 'It was changed in another window.', ref: 'r' });
    },
  });
  await show(Signers, '/signers');
  await press('Apply changes');
  expect(screen.getByRole('alert').textContent).toContain('It was changed in another window.');
});

const advice = (code: string, text: string) => ({
  code,
  severity: 'careful' as const,
  text,
  where: '',
  clause: '',
});

test('the trap of one-off keys on the only device is explained, and each cure is one button', async () => {
  const list = fakeList([SOFTWARE, TOKEN], {
    oneOffSigner: TOKEN.id,
    advice: [
      advice('one-off-trap', 'Nobody would be left to use the keys in software.'),
      advice('one-off-on-device', 'Each signed object needs a new key on it.'),
    ],
  });
  list.pending.signers = list.pending.signers.filter(({ kind }) => kind !== 'software');
  const { callsOf } = bridge(list, {
    'signers.setRoles': () => ({}),
    'signers.addSoftware': () => ({}),
  });
  await show(Signers, '/signers');
  expect(screen.getByText('Nobody would be left to use the keys in software.')).toBeTruthy();
  await press('Add the software signer');
  expect(callsOf('signers.addSoftware')).toEqual([{ revision: 7 }]);
  await press('Make one-off keys in software');
  expect(callsOf('signers.setRoles')).toEqual([
    { revision: 7, defaultSigner: TOKEN.id, oneOffSigner: 'software' },
  ]);
});

test('advice without a cure has no button', async () => {
  bridge(fakeList([SOFTWARE, TOKEN], { advice: [advice('software-keys', '14 keys lie in software.')] }));
  await show(Signers, '/signers');
  expect(screen.getByText('14 keys lie in software.')).toBeTruthy();
  expect(screen.queryByRole('button', { name: /software/ })).toBeNull();
});

test('a role that nobody chose is shown as implied', async () => {
  bridge(fakeList());
  await show(Signers, '/signers');
  expect(screen.getByText('one-off, implied')).toBeTruthy();
  expect(screen.getByRole('button', { name: /One-off signer/ }).textContent).toContain('Software, implied');
});

test('without a device the place says what it is for, what to choose and what works', async () => {
  bridge(fakeList([{ ...SOFTWARE, roles: ['default', 'one-off'] }]));
  await show(Signers, '/signers');
  expect(screen.getByRole('heading', { name: 'No device yet' })).toBeTruthy();
  expect(screen.getByText('PyKMIP 0.10.0')).toBeTruthy();
  expect(screen.getByText(/A cluster works when it looks like one device/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Make a rehearsal token…' })).toBeNull();
});

test('where SoftHSM is installed a rehearsal token is made with a PIN that nobody has to think of', async () => {
  const { callsOf } = bridge(fakeList([{ ...SOFTWARE, roles: ['default', 'one-off'] }]), {
    'signers.discover': () => ({ libraries: [], softhsm: SOFTHSM }),
    'signers.rehearsalToken': () => ({ job: 'j-1' }),
    'jobs.get': () => endedJob('j-1'),
  });
  await show(Signers, '/signers?open=rehearsal');
  await press('Make token');
  expect(callsOf('signers.rehearsalToken')).toEqual([
    { revision: 7, name: 'Rehearsal token', pin: expect.stringMatching(/^\d{8}$/), keepPin: true },
  ]);
});

test('the same by hand has the name that is typed, and a folder of its own', async () => {
  bridge(fakeList([{ ...SOFTWARE, roles: ['default', 'one-off'] }]), {
    'signers.discover': () => ({ libraries: [], softhsm: SOFTHSM }),
  });
  await show(Signers, '/signers?open=rehearsal');
  type('Name', "Ann's token");
  const text = document.querySelector('pre.code')?.textContent ?? '';
  expect(text).toContain("--label 'Ann'\\''s token'");
  expect(text).toContain('SOFTHSM2_CONF="$PWD/rehearsal/softhsm2.conf"');
});

test('an export holds no secret unless it is ticked', async () => {
  const { callsOf } = bridge(fakeList([SOFTWARE, SERVER]), {
    'signers.toml': () => ({
      ...{ text: 'user_pin = "***"', notes: ['The environment has no place there.'] },
      command: 'env SOFTHSM2_CONF=/a.conf krillta signer --config krillta.conf show',
    }),
    'dialogs.saveFile': () => ({ chosen: { ticket: 't-1', path: '/x/signers.toml', exists: false } }),
    'signers.exportToml': () => ({ path: '/x/signers.toml' }),
  });
  await show(Signers, '/signers?open=export');
  expect(screen.getByText('The environment has no place there.')).toBeTruthy();
  // A long one scrolls by itself, by keyboard too.
  const toml = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'TOML' });
  expect([toml.value, toml.readOnly]).toEqual(['user_pin = "***"', true]);
  expect(screen.getByText(/^env SOFTHSM2_CONF=\/a\.conf krillta/)).toBeTruthy();
  await press('Choose a place…');
  await press('Export');
  expect(callsOf('signers.exportToml')).toEqual([{ target: 't-1', secrets: false, overwrite: false }]);
});

test('an import says what was read and what was remarkable', async () => {
  bridge(fakeList([SOFTWARE]), {
    'blob.put': () => ({ blob: 'b-1', received: 3, complete: true }),
    'signers.importToml': () => ({
      imported: 4,
      notes: ['user_pin of "My token" was a number: stored as text.'],
    }),
  });
  await show(Signers, '/signers?open=import');
  const input = screen.getByLabelText(/^Choose a krill.conf/, { selector: 'input' });
  Object.defineProperty(input, 'files', { value: [new File(['abc'], 'krill.conf')] });
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await settle();
  expect(screen.getByText(/4 signers were read/)).toBeTruthy();
  expect(screen.getByText(/stored as text/)).toBeTruthy();
});

test('a TOML file with several faults: each with the signer it is in', async () => {
  const fields = [
    { path: 'signers.0.type', message: 'unknown type "TPM"' },
    { path: 'signers.1.port', message: 'port must be a whole number from 1 to 65535, not 70000' },
    { path: 'default_signer', message: 'default_signer must be text' },
  ];
  bridge(fakeList(), {
    'blob.put': () => ({ blob: 'b-1', received: 3, complete: true }),
    'signers.importToml': () => {
      throw new Refusal({ code: 'INVALID_INPUT', message: 'Signer 1: …', ref: 'r', details: { fields } });
    },
  });
  await show(Signers, '/signers?open=import');
  const input = screen.getByLabelText(/^Choose a krill.conf/, { selector: 'input' });
  Object.defineProperty(input, 'files', { value: [new File(['abc'], 'krill.conf')] });
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await settle();
  const said = within(screen.getByRole('list', { name: 'What does not fit' })).getAllByRole('listitem');
  expect(said.map(({ textContent }) => textContent)).toEqual([
    'Signer 1: unknown type "TPM".',
    'Signer 2: port must be a whole number from 1 to 65535, not 70000.',
    'default_signer must be text.',
  ]);
});

test('a rehearsal token needs a name', async () => {
  const { callsOf } = bridge(fakeList([SOFTWARE]), {
    'signers.discover': () => ({ libraries: [], softhsm: SOFTHSM }),
  });
  await show(Signers, '/signers?open=rehearsal');
  type('Name', ' ');
  await press('Make token');
  expect(callsOf('signers.rehearsalToken')).toEqual([]);
  type('Name', 'Vault');
  type('PIN', '12');
  expect(screen.getByText('At least 4 characters.')).toBeTruthy();
});
