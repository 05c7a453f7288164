import { cleanup, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SignerRow } from '#shared/contract/signers.ts';
import { Refusal } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { fakeList, KMIP, REFUSED, SERVER, SOFTWARE, TOKEN } from './fake-signers.ts';
import { endedJob, giveSize, press, show, signerBridge, type } from './fake-view.tsx';
import { Signer } from './signer.tsx';

beforeAll(giveSize);
beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('trouble is said with its cause, where to look and how to mend it; keys are not asked of what is not there', async () => {
  const { callsOf } = signerBridge(fakeList([SOFTWARE, TOKEN, SERVER]));
  await show(Signer, '/signers/signer-2');
  expect(screen.getByText('kmip.example.net does not answer.')).toBeTruthy();
  expect(screen.getByText('ECONNREFUSED')).toBeTruthy();
  for (const text of [SERVER.trouble?.cause, SERVER.trouble?.check, SERVER.trouble?.fix])
    expect(screen.getByText(text ?? 'never')).toBeTruthy();
  expect(callsOf('signers.deviceKeys')).toEqual([]);
  expect(screen.getByText(/listed when the device is ready/)).toBeTruthy();
});

test('a refused PIN: tries left in words, and a person says that they looked before it is asked again', async () => {
  const { callsOf } = signerBridge(fakeList([SOFTWARE, REFUSED]), { 'signers.forgetRefusal': () => ({}) });
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText(/The token does not say how many tries are left/)).toBeTruthy();
  await press('I looked at it: ask for the PIN again');
  expect(callsOf('signers.forgetRefusal')).toEqual([{ id: TOKEN.id }]);
});

test('a kept PIN that was refused: another one is typed by a login, and the mark of the kept one stays', async () => {
  const { callsOf } = signerBridge(fakeList([SOFTWARE, { ...REFUSED, secretStored: true }]), {
    'signers.login': () => ({ job: 'j-1' }),
  });
  await show(Signer, '/signers/signer-1');
  expect(screen.getByRole('button', { name: 'I looked at it: send the kept PIN again' })).toBeTruthy();
  await press('Type another PIN');
  expect(callsOf('signers.login')).toEqual([{ id: TOKEN.id }]);
  expect(callsOf('signers.forgetRefusal')).toEqual([]);
});

test('saying that one looked begins the login, and what failed before is not said again', async () => {
  let list = fakeList([SOFTWARE, REFUSED]);
  const jobs = ['j-1', 'j-2'];
  const { callsOf } = signerBridge(list, {
    'signers.list': () => list,
    'signers.forgetRefusal': () => {
      list = fakeList([SOFTWARE, { ...REFUSED, state: 'announced', secretMark: null, trouble: null }]);
      return {};
    },
    'signers.login': () => ({ job: jobs.shift() }),
    'jobs.get': ({ id }: { id: string }) =>
      id === 'j-1'
        ? endedJob(id, { code: 'SIGNER_UNAVAILABLE', message: 'The token refused the PIN and counted it.' })
        : { ...endedJob(id), state: 'running', endedAt: null },
  });
  await show(Signer, '/signers/signer-1');
  await press('Log in');
  expect(screen.getByText('The token refused the PIN and counted it.')).toBeTruthy();
  await press('I looked at it: ask for the PIN again');
  expect(callsOf('signers.login')).toHaveLength(2);
  expect(screen.queryByText('The token refused the PIN and counted it.')).toBeNull();
});

test('a kept PIN is said to be sent again, because it is not asked for', async () => {
  signerBridge(fakeList([SOFTWARE, { ...REFUSED, secretStored: true }]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getByRole('button', { name: 'I looked at it: send the kept PIN again' })).toBeTruthy();
});

test('what a forced server does not announce is no fault of it', async () => {
  const row = {
    ...SERVER,
    state: 'ready' as const,
    capabilities: [{ name: 'Modify Attribute', present: false, needed: true }],
  };
  signerBridge(fakeList([SOFTWARE, row]));
  await show(Signer, '/signers/signer-2');
  expect(screen.getByText('1 missing')).toBeTruthy();
  cleanup();
  dropWorkspaceData();
  signerBridge(fakeList([SOFTWARE, { ...row, settings: { ...KMIP, force: true } }]));
  await show(Signer, '/signers/signer-2');
  expect(screen.getByText('1 not announced, used all the same')).toBeTruthy();
});

test('a PIN that was sent and not answered to is called that, not refused', async () => {
  const row = { ...TOKEN, state: 'announced' as const, trouble: null };
  signerBridge(fakeList([SOFTWARE, { ...row, secretMark: 'unanswered' }]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText(/was sent and not answered to.*not sent again by itself/)).toBeTruthy();
  expect(screen.queryByText(/refused/)).toBeNull();
  cleanup();
  dropWorkspaceData();
  signerBridge(fakeList([SOFTWARE, { ...row, secretMark: 'refused', kind: 'kmip', secretStored: false }]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText('It refused a password, which is not sent again by itself.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'I looked at it: ask for the password again' })).toBeTruthy();
});

test('a PIN that was refused before the unlock heads the page, although nothing was contacted yet', async () => {
  const text = 'It was not contacted since the workspace was unlocked.';
  const row: SignerRow = { ...TOKEN, state: 'announced', trouble: null, text, secretMark: 'refused' };
  signerBridge(fakeList([SOFTWARE, row]));
  await show(Signer, '/signers/signer-1');
  expect(
    screen.getByText('It refused a PIN, which is not sent again by itself.', {
      selector: '.verdict-title *',
    }),
  ).toBeTruthy();
  expect(screen.getByText(/^State: PIN refused/)).toBeTruthy();
  expect(screen.getByText(text)).toBeTruthy();
  cleanup();
  dropWorkspaceData();
  signerBridge(fakeList([SOFTWARE, { ...row, secretMark: null }]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText(/^State: not contacted yet/)).toBeTruthy();
});

test('a PIN that was refused is called so whether it was refused now or before, and until one is typed', async () => {
  const { trouble } = REFUSED;
  for (const row of [REFUSED, { ...REFUSED, text: 'No PIN was given: nothing was done.', trouble: null }]) {
    cleanup();
    dropWorkspaceData();
    signerBridge(fakeList([SOFTWARE, row]));
    await show(Signer, '/signers/signer-1');
    expect(screen.getByText(/^State: PIN refused/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'I looked at it: ask for the PIN again' })).toBeTruthy();
    expect(screen.queryByText(trouble?.code ?? 'never') === null).toBe(row.trouble === null);
  }
  cleanup();
  dropWorkspaceData();
  signerBridge(fakeList([SOFTWARE, { ...REFUSED, secretMark: null, trouble: null }]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText(/^State: login needed/)).toBeTruthy();
});

test('its settings are not called as the screen of the application is', async () => {
  signerBridge(fakeList());
  await show(Signer, '/signers/signer-1');
  expect(screen.getByRole('link', { name: 'Settings of this signer' }).getAttribute('href')).toContain(
    '/signers/signer-1/edit',
  );
});

test('what failed is said once: the state says it, the step above does not', async () => {
  const { trouble } = SERVER;
  signerBridge(fakeList([SOFTWARE, SERVER]), {
    'signers.probe': () => ({ job: 'j-1' }),
    'jobs.get': () => endedJob('j-1', { code: 'SIGNER_UNAVAILABLE', message: trouble?.text ?? '' }),
  });
  await show(Signer, '/signers/signer-2');
  await press('Test');
  expect(screen.getAllByText(new RegExp(trouble?.text ?? 'never'))).toHaveLength(1);
});

test('test, log out: the job is followed, a refusal is shown', async () => {
  const { callsOf } = signerBridge(fakeList([SOFTWARE, TOKEN]), {
    'signers.probe': () => ({ job: 'j-1' }),
    'signers.logout': () => {
      throw new Refusal({ code: 'SIGNER_UNAVAILABLE', message: 'It is busy. Wait.', ref: 'r' });
    },
    'jobs.get': () => endedJob('j-1', { code: 'SIGNER_UNAVAILABLE', message: 'C_Sign is not supported.' }),
  });
  await show(Signer, '/signers/signer-1');
  await press('Test');
  expect(callsOf('signers.probe')).toEqual([{ id: TOKEN.id }]);
  expect(screen.getByText('C_Sign is not supported.')).toBeTruthy();
  await press('Log out');
  expect(screen.getByText('It is busy. Wait.')).toBeTruthy();
});

test('capabilities: what is needed and missing is counted', async () => {
  const lacks = { ...TOKEN, capabilities: [{ name: 'C_Sign', present: false, needed: true }] };
  signerBridge(fakeList([SOFTWARE, lacks]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText('1 missing')).toBeTruthy();
  expect(screen.getByLabelText('missing')).toBeTruthy();
});

test('capabilities: what was not used yet is neither there nor missing', async () => {
  const unseen = { ...TOKEN, capabilities: [{ name: 'C_Finalize', present: null, needed: true }] };
  signerBridge(fakeList([SOFTWARE, unseen]));
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText('all that was used so far')).toBeTruthy();
  expect(screen.getByLabelText('not used yet')).toBeTruthy();
  expect(screen.queryByLabelText('missing')).toBeNull();
});

test('a name that is taken is said at the field', async () => {
  signerBridge(fakeList([SOFTWARE, TOKEN]), {
    'signers.rename': () => {
      const message = 'Another signer is called “Software”. Choose another name.';
      throw new Refusal({
        code: 'INVALID_INPUT',
        message,
        ref: 'r',
        details: { fields: [{ path: 'name', message }] },
      });
    },
  });
  await show(Signer, '/signers/signer-1');
  await press('Rename…');
  type('Name', 'Software');
  await press('Rename');
  expect(screen.getAllByText('Another signer is called “Software”. Choose another name.')).toHaveLength(1);
});

test('the PIN is changed only when the new one was typed twice the same', async () => {
  const { callsOf } = signerBridge(fakeList([SOFTWARE, TOKEN]), {
    'signers.changePin': () => ({ job: 'j-1' }),
  });
  await show(Signer, '/signers/signer-1');
  await press('Change PIN…');
  // What becomes of the login and of what is kept is said before.
  screen.getByText(/is logged out and in again\. Where its PIN is kept, .*the new one takes its place\./);
  type('Present PIN', '5678');
  type('New PIN', '8765');
  type('New PIN, again', '876');
  await press('Change PIN');
  expect(callsOf('signers.changePin')).toEqual([]);
  type('New PIN, again', '8765');
  await press('Change PIN');
  expect(callsOf('signers.changePin')).toEqual([{ id: TOKEN.id, oldPin: '5678', newPin: '8765' }]);
});

test('a wrong present PIN is said at its field, which is emptied, so that Enter sends it no second time', async () => {
  const message = 'Vault refused the present PIN.';
  const no = { code: 'INVALID_INPUT', message, fields: [{ path: 'oldPin', message }] };
  const { callsOf } = signerBridge(fakeList([SOFTWARE, TOKEN]), {
    'signers.changePin': () => ({ job: 'j-1' }),
    'jobs.get': () => endedJob('j-1', no),
  });
  await show(Signer, '/signers/signer-1');
  await press('Change PIN…');
  const present = () => screen.getByLabelText<HTMLInputElement>('Present PIN');
  type('Present PIN', '5678');
  for (const label of ['New PIN', 'New PIN, again']) type(label, '8765');
  await press('Change PIN');
  expect(present().value).toBe('');
  expect(present().getAttribute('aria-invalid')).toBe('true');
  expect(screen.getAllByText(message)).toHaveLength(1);
  await press('Change PIN');
  expect(callsOf('signers.changePin')).toHaveLength(1);
  type('Present PIN', '1');
  expect(present().getAttribute('aria-invalid')).toBeNull();
});

test('a signer that waits to be applied is said to wait, and is not contacted', async () => {
  const list = fakeList([SOFTWARE]);
  list.pending.signers.push({
    id: TOKEN.id,
    name: TOKEN.name,
    kind: 'pkcs11',
    settings: TOKEN.settings,
    secretStored: false,
  });
  const { callsOf } = signerBridge(list);
  await show(Signer, '/signers/signer-1');
  expect(screen.getByText(/It is not in use yet/)).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Doctor' })).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Test' })).toBeNull();
  expect(callsOf('signers.deviceKeys')).toEqual([]);
});
