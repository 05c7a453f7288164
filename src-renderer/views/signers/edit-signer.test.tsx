import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Refusal } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { EditSigner, NewSigner } from './edit-signer.tsx';
import { PKCS11, TOKEN } from './fake-signers.ts';
import { bridge } from './fake-slots.ts';
import { press, settle, show, type } from './fake-view.tsx';

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
  const value = (label: RegExp): string => screen.getByLabelText<HTMLInputElement>(label).value;
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

test('who adds a variable types its name next', async () => {
  bridge();
  await show(NewSigner, '/signers/new');
  await press('Add a variable');
  expect(document.activeElement).toBe(screen.getByLabelText('Name of variable 1'));
  await press('Add a variable');
  expect(document.activeElement).toBe(screen.getByLabelText('Name of variable 2'));
});

test('what is missing stands at its field, and nothing is sent', async () => {
  const { callsOf } = bridge();
  await show(NewSigner, '/signers/new');
  await press('Save signer');
  expect(screen.getByText('Give it a name.')).toBeTruthy();
  expect(screen.getByText('Say where the library is.')).toBeTruthy();
  expect(screen.getByText('3 fields need you, first “Name”: look for the red marks above.')).toBeTruthy();
  expect(screen.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true');
  expect(document.activeElement).toBe(screen.getByLabelText('Name'));
  // What is typed next moves nothing; each further try goes to what is first then.
  screen.getByLabelText('Slot').focus();
  type('Slot', 'My token');
  await settle();
  expect(document.activeElement).toBe(screen.getByLabelText('Slot'));
  type('Name', 'One');
  await press('Save signer');
  expect(document.activeElement).toBe(screen.getByLabelText(/^Library/));
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
  expect(screen.getByText(/^2 fields need you, first “CA of the server/)).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText(/^CA of the server/));
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
  expect(document.activeElement).toBe(screen.getByLabelText('max_idle_seconds'));
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
