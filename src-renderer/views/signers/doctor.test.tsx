import { act, cleanup, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DoctorReport } from '#shared/contract/signer-doctor.ts';
import { installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData, takeEvent } from '../../app/query-store.ts';
import type { Session } from '../../app/session.ts';
import { Doctor } from './doctor.tsx';
import { fakeList, KMIP, REPORT, SERVER, SOFTWARE } from './fake-signers.ts';
import { endedJob, press, settle, show, type } from './fake-view.tsx';

beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('nothing is examined before it is asked for', async () => {
  const { callsOf } = installBridge({ 'signers.list': () => fakeList(), 'signers.report': () => null });
  await show(Doctor, '/signers/signer-1/doctor');
  expect(screen.getByRole('heading', { name: 'Not examined yet' })).toBeTruthy();
  expect(callsOf('signers.examine')).toEqual([]);
});

test('lines come top to bottom; a failure has its cause, where to look, how to mend it', async () => {
  let report: DoctorReport | null = null;
  const { callsOf } = installBridge({
    'signers.list': () => fakeList(),
    'signers.report': () => report,
    'signers.examine': () => ({ job: 'j-1' }),
    'jobs.get': () => ({ ...endedJob('j-1'), state: report?.done ? 'done' : 'running' }),
  });
  await show(Doctor, '/signers/signer-1/doctor');
  await press('Examine it');
  expect(callsOf('signers.examine')).toEqual([{ id: 'signer-1' }]);
  const more = async (count: number): Promise<void> => {
    report = { ...REPORT, done: count === REPORT.lines.length, lines: REPORT.lines.slice(0, count) };
    act(() => takeEvent({ type: 'changed', topic: 'signers', ids: ['signer-1'] }));
    act(() => takeEvent({ type: 'changed', topic: 'jobs', ids: ['j-1'] }));
    await settle();
  };
  const titles = (): (string | null)[] =>
    [...document.querySelectorAll('.doctor-line b')].map(({ textContent }) => textContent);
  await more(2);
  expect(titles()).toEqual(['The library is there', 'It loads']);
  expect(screen.queryByText(/It stops at/)).toBeNull();
  await more(REPORT.lines.length);
  expect(titles()).toEqual(REPORT.lines.map(({ title }) => title));
  expect(screen.getByText('It stops at “Login”.')).toBeTruthy();
  const login = within(screen.getByText('Login').closest('li') as HTMLElement);
  expect(login.getByText('bad')).toBeTruthy();
  expect(login.getByText('The PIN is not the one of this token.')).toBeTruthy();
  expect(login.getByText(/Compare the serial/)).toBeTruthy();
  expect(login.getByText(/Type the right PIN once/)).toBeTruthy();
  // The head has cause and mend, and leads to the line, which has the rest.
  const head = within(screen.getByRole('region', { name: 'Verdict' }));
  expect(head.getByText(/Type the right PIN once/)).toBeTruthy();
  expect(head.getByText('Why')).toBeTruthy();
  expect(head.queryByText('Look')).toBeNull();
  expect(head.getByText(/the token refused the PIN/)).toBeTruthy();
  await press('Go to “Login”');
  expect(document.activeElement).toBe(screen.getByText('Login').closest('li'));
  expect(screen.getByText('not looked at')).toBeTruthy();
});

test('the report is copied as main wrote it, and the TOML holds no secret', async () => {
  const { callsOf } = installBridge({
    'signers.list': () => fakeList(),
    'signers.report': () => REPORT,
    'clipboard.copy': () => ({ clearsAt: null }),
  });
  await show(Doctor, '/signers/signer-1/doctor');
  expect(document.querySelector('pre.code:last-of-type')).toBeTruthy();
  expect(screen.getByText(/# user_pin = "type it here"/)).toBeTruthy();
  await press('Copy report');
  expect(callsOf('clipboard.copy')).toEqual([{ text: REPORT.text, secret: false }]);
});

test('a device that works is said to work', async () => {
  installBridge({
    'signers.list': () => fakeList(),
    'signers.report': () => ({ ...REPORT, lines: REPORT.lines.filter(({ state }) => state === 'good') }),
  });
  await show(Doctor, '/signers/signer-1/doctor');
  expect(screen.getByText('It works, from the library to a signature.')).toBeTruthy();
});

test('a question that was cancelled is no green: it says where it stops and what to do', async () => {
  const lines = REPORT.lines.map((one) =>
    one.code === 'login'
      ? {
          ...{ ...one, state: 'skipped' as const, text: 'No PIN was given to it: nothing was done.' },
          ...{ cause: '', check: '', stop: 'no PIN was given', fix: 'Examine it again and type the PIN.' },
        }
      : one,
  );
  installBridge({ 'signers.list': () => fakeList(), 'signers.report': () => ({ ...REPORT, lines }) });
  await show(Doctor, '/signers/signer-1/doctor');
  const head = within(screen.getByRole('region', { name: 'Verdict' }));
  expect(head.getByText('It stops at “Login”: no PIN was given.')).toBeTruthy();
  expect(head.getByText('Examine it again and type the PIN.')).toBeTruthy();
  expect(screen.queryByText(/It works/)).toBeNull();
  expect(screen.getByRole('region', { name: 'Verdict' }).dataset['severity']).toBe('careful');
  expect(screen.getByRole('button', { name: 'Go to “Login”' })).toBeTruthy();
});

test('a line that was not looked at is enough for no green', async () => {
  const lines = REPORT.lines.filter(({ state }) => state !== 'bad');
  installBridge({ 'signers.list': () => fakeList(), 'signers.report': () => ({ ...REPORT, lines }) });
  await show(Doctor, '/signers/signer-1/doctor');
  expect(screen.getByText('It stops at “RSA signatures”: it was not looked at.')).toBeTruthy();
  expect(screen.queryByText(/It works/)).toBeNull();
});

test('what deserves a look is named in the head, which leads to the first of it', async () => {
  const lines = REPORT.lines.flatMap((one) =>
    one.state === 'good' ? [one] : one.code === 'login' ? [{ ...one, state: 'careful' as const }] : [],
  );
  installBridge({ 'signers.list': () => fakeList(), 'signers.report': () => ({ ...REPORT, lines }) });
  await show(Doctor, '/signers/signer-1/doctor');
  expect(screen.getByText('It works, and one thing deserves a look: “Login”.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Go to “Login”' })).toBeTruthy();
});

const OFFLINE = { state: 'unlocked', workspace: { kind: 'offline' } } as unknown as Session;
const PENDING = { id: 'signer-9', name: 'New', kind: 'kmip', secretStored: false } as const;

test('an offline station says the address before it examines it', async () => {
  const list = fakeList([SOFTWARE]);
  list.pending.signers.push({ ...PENDING, settings: { ...KMIP, host: '192.0.2.9' } });
  installBridge({ 'signers.list': () => list, 'signers.report': () => null });
  await show(Doctor, '/signers/signer-9/doctor', OFFLINE);
  expect(screen.getByText(/connects to 192\.0\.2\.9:5696 and to nothing else/)).toBeTruthy();
});

test('an offline station with another address in force says why it does not examine this one', async () => {
  const list = fakeList([SOFTWARE, SERVER]);
  list.pending.signers.push({ ...PENDING, settings: { ...KMIP, host: '192.0.2.9' } });
  const { callsOf } = installBridge({ 'signers.list': () => list, 'signers.report': () => null });
  await show(Doctor, '/signers/signer-9/doctor', OFFLINE);
  expect(screen.getByText(/so 192\.0\.2\.9:5696 is not examined/)).toBeTruthy();
  await press('Examine it');
  expect(callsOf('signers.examine')).toEqual([]);
});

const SHOWN = { sha256: 'A1B2'.repeat(16), subject: 'CN=kmip.example.net' };
const LOOKED: DoctorReport = {
  ...{ ...REPORT, signer: SERVER.id, certificate: SHOWN },
  lines: REPORT.lines.map((one) => (one.code === 'login' ? { ...one, code: 'trust' } : one)),
};

test('the certificate that a server showed is pinned only when its whole fingerprint was typed', async () => {
  const { callsOf } = installBridge({
    'signers.list': () => fakeList([SOFTWARE, SERVER]),
    'signers.report': () => LOOKED,
    'signers.pinServer': () => ({}),
  });
  await show(Doctor, `/signers/${SERVER.id}/doctor`);
  await press('Pin this certificate…');
  expect(screen.getByText(/CN=kmip\.example\.net/)).toBeTruthy();
  type('What you hear', 'a1b2 a1b2');
  await press('Pin it');
  expect(callsOf('signers.pinServer')).toEqual([]);
  const typed = 'a1b2 '.repeat(16).trim();
  type('What you hear', typed);
  expect(screen.getByText('All groups agree.')).toBeTruthy();
  await press('Pin it');
  expect(callsOf('signers.pinServer')).toEqual([{ revision: 7, id: SERVER.id, sha256: typed }]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('one that is pinned is said to be so; a token shows none', async () => {
  const pinned = { ...SERVER, settings: { ...KMIP, serverSha256: SHOWN.sha256 } };
  installBridge({ 'signers.list': () => fakeList([SOFTWARE, pinned]), 'signers.report': () => LOOKED });
  await show(Doctor, `/signers/${SERVER.id}/doctor`);
  expect(screen.getByText('Pinned.')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Pin this certificate…' })).toBeNull();
});

test('a report of other settings says so in its head, and nothing is pinned by it', async () => {
  const old: DoctorReport = { ...LOOKED, otherSettings: true, lines: LOOKED.lines.slice(0, 2) };
  installBridge({ 'signers.list': () => fakeList([SOFTWARE, SERVER]), 'signers.report': () => old });
  await show(Doctor, `/signers/${SERVER.id}/doctor`);
  const head = screen.getByRole('region', { name: 'Verdict' });
  expect(head.textContent).toMatch(/Examined with other settings on .*: examine it again\./);
  expect(head.dataset['severity']).toBe('careful');
  expect(screen.queryByText(/It works/)).toBeNull();
  expect(screen.queryByRole('button', { name: 'Pin this certificate…' })).toBeNull();
});
