import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import { fakeDevices, fakeToken, trouble } from '../testing/fake-device.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import type { TokenTools } from './token-tools.ts';

const open: TestApp[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.remove();
});

const TABLE: DeviceTable = {
  library: { manufacturer: 'Fake', description: 'Library', version: '1.0' },
  slots: [
    { id: 0, description: 'Slot 0', token: null },
    {
      id: 1,
      description: 'Slot 1',
      token: {
        label: 'My token',
        serial: 'S1',
        manufacturer: 'Fake',
        model: 'Token',
        firmware: '1.0',
        initialized: true,
        loginRequired: true,
        pinPad: false,
        tries: null,
      },
    },
  ],
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

async function started({ init = null }: { init?: Error | null } = {}) {
  const token = fakeToken('S1');
  const asked: unknown[] = [];
  const parts = fakeDevices(new Map([['/a.so', token]]));
  const tools: TokenTools = {
    ...parts.tools,
    async slots(library) {
      asked.push(library);
      if (library.libPath !== '/a.so') throw trouble('misconfigured', 'LIBRARY_NOT_FOUND');
      return TABLE;
    },
    async changePin(_settings, { oldPin, newPin }) {
      asked.push([text(oldPin), text(newPin)]);
      if (text(oldPin) !== token.pin) throw trouble('pin-refused', 'CKR_PIN_INCORRECT');
      token.pin = text(newPin);
    },
    async initToken(library, { soPin, pin, ...rest }) {
      if (init !== null) throw init;
      asked.push([library, rest, text(soPin), text(pin)]);
      return { serial: 'S9' };
    },
    async rehearsalToken({ folder, label, pin }) {
      asked.push([folder, label, text(pin)]);
      mkdirSync(join(folder, 'tokens'), { recursive: true });
      if (label.startsWith('Half')) throw trouble('refused', 'CKR_PIN_LEN_RANGE');
      return { libPath: '/a.so', environment: { SOFTHSM2_CONF: `${folder}/softhsm2.conf` }, serial: 'S1' };
    },
  };
  const app = await testApp({ devices: { ...parts, tools } });
  open.push(app);
  await app.create('rehearsal');
  const list = () => app.call('signers.list', {});
  async function audit(action: string): Promise<string[]> {
    const { rows } = await app.call('audit.list', { action, limit: 50 });
    return rows.map(({ outcome, summary }) => `${outcome}: ${summary}`);
  }
  return { app, token, asked, list, audit };
}

test('slots are found by a job and asked for by it', async () => {
  const { app, audit } = await started();
  const { job } = await app.call('signers.findSlots', { libPath: '/a.so', environment: {} });
  expect(await app.ended(job)).toMatchObject({ state: 'done' });
  expect(await app.call('signers.slotsFound', { job })).toEqual(TABLE);
  const wrong = await app.call('signers.findSlots', { libPath: '/nope.so', environment: {} });
  expect(await app.ended(wrong.job)).toMatchObject({
    state: 'failed',
    error: { code: 'SIGNER_UNAVAILABLE' },
  });
  await expect(app.call('signers.slotsFound', { job: wrong.job })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await audit('signers.findSlots')).toEqual([
    expect.stringMatching(/^refused: Slots of \/nope\.so: /),
    'done: /a.so has 2 slots with 1 tokens',
  ]);
});

test('a rehearsal token becomes a signer that is pending; its PIN is changed, and the wrong one sent once', async () => {
  const { app, token, asked, list, audit } = await started();
  const { revision } = (await list()).pending;
  const request = { revision, name: 'Rehearsal', pin: '5678', keepPin: true };
  const id = await app.result(await app.call('signers.rehearsalToken', request));
  const [folder] = asked[0] as [string];
  expect(folder).toContain((await app.call('workspace.state', {})).workspace?.path);
  expect((await list()).pending.signers[1]).toMatchObject({
    id,
    name: 'Rehearsal',
    secretStored: true,
    settings: { serial: 'S1', environment: { SOFTHSM2_CONF: `${folder}/softhsm2.conf` } },
  });
  // The same name again: refused before a token is made, and nothing is pending of it.
  const made = asked.length;
  const twice = await app.call('signers.rehearsalToken', { ...request, revision: revision + 1 });
  expect(await app.ended(twice.job)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
  const stale = await app.call('signers.rehearsalToken', { ...request, name: 'Other' });
  expect(await app.ended(stale.job)).toMatchObject({ error: { code: 'CONFLICT' } });
  expect(asked).toHaveLength(made);
  expect((await list()).pending.signers).toHaveLength(2);
  const roles = { defaultSigner: 'software', oneOffSigner: null };
  await app.call('signers.setRoles', { revision: (await list()).pending.revision, ...roles });
  await app.call('signers.apply', { revision: (await list()).pending.revision });
  expect(await app.ended((await app.call('signers.login', { id })).job)).toMatchObject({ state: 'done' });

  const change = async (oldPin: string) => {
    const { job } = await app.call('signers.changePin', { id, oldPin, newPin: '9999' });
    return app.ended(job);
  };
  expect(await change('0000')).toMatchObject({
    error: { code: 'INVALID_INPUT', fields: [{ path: 'oldPin' }] },
  });
  const sent = asked.length;
  expect(await change('0000')).toMatchObject({ error: { code: 'INVALID_INPUT' } });
  expect(asked.length).toBe(sent);
  expect(await change('5678')).toMatchObject({ state: 'done' });
  expect((await list()).rows[1]).toMatchObject({ state: 'ready', secretMark: null });
  // What is kept is the new one: the next contact logs in by itself.
  await app.call('signers.logout', { id });
  const { job } = await app.call('signers.login', { id });
  expect(await app.ended(job)).toMatchObject({ state: 'done' });
  expect(token.pins).toEqual(['5678', '9999']);
  expect(await audit('signers.changePin')).toHaveLength(3);
});

test('a rehearsal token that is not finished leaves no folder; its label is cut at a whole character', async () => {
  const { app, asked, list } = await started();
  const { revision } = (await list()).pending;
  const request = { revision, name: `Half ${'ü'.repeat(20)}`, pin: '5678', keepPin: false };
  const { job } = await app.call('signers.rehearsalToken', request);
  expect(await app.ended(job)).toMatchObject({ state: 'failed', error: { code: 'POLICY_REFUSED' } });
  const [[folder, label] = ['', '']] = asked as [string, string][];
  expect(label).toBe(`Half ${'ü'.repeat(13)}`);
  expect(existsSync(folder)).toBe(false);
  expect((await list()).pending.signers).toHaveLength(1);
});

const NEW_TOKEN = {
  libPath: '/a.so',
  environment: {},
  slot: 0,
  label: 'New',
  soPin: 'so-secret',
  pin: 'user-secret',
  erase: null,
};

test('a token is initialised with what was typed, on record and without a PIN in it', async () => {
  const { app, asked, audit } = await started();
  const { job } = await app.call('signers.initToken', NEW_TOKEN);
  expect(await app.ended(job)).toMatchObject({ state: 'done' });
  expect(asked).toEqual([
    [
      { libPath: '/a.so', environment: {} },
      { slot: 0, label: 'New', erase: null },
      'so-secret',
      'user-secret',
    ],
  ]);
  expect(await audit('signers.initToken')).toEqual([
    'done: The token "New" in slot 0 was initialised; its serial is S9',
  ]);
  expect(JSON.stringify([app.events, app.lines, await app.call('jobs.list', {})])).not.toMatch(
    /so-secret|user-secret/,
  );
});

test.each([
  ['CKR_PIN_INCORRECT', 'soPin', /security officer's PIN/],
  ['CKR_PIN_LEN_RANGE', 'pin', /another length/],
  ['LABEL_TOO_LONG', 'label', /32 octets/],
] as const)('what the token refuses is said at its field: %s', async (code, path, words) => {
  const { app, audit } = await started({ init: trouble('pin-refused', code) });
  const { job } = await app.call('signers.initToken', NEW_TOKEN);
  expect(await app.ended(job)).toMatchObject({
    state: 'failed',
    error: { code: 'INVALID_INPUT', fields: [{ path, message: expect.stringMatching(words) as string }] },
  });
  expect(await audit('signers.initToken')).toEqual([expect.stringMatching(/^refused: New token "New"/)]);
});

test('the token of a signer is not erased, whatever was typed; another with its serial typed is', async () => {
  const { app, asked, list, audit } = await started();
  const { revision } = (await list()).pending;
  const made = { revision, name: 'Rehearsal', pin: '5678', keepPin: true };
  const id = await app.result(await app.call('signers.rehearsalToken', made));
  await app.call('signers.setRoles', {
    revision: (await list()).pending.revision,
    defaultSigner: 'software',
    oneOffSigner: null,
  });
  await app.call('signers.apply', { revision: (await list()).pending.revision });
  const sent = asked.length;
  await expect(app.call('signers.initToken', { ...NEW_TOKEN, erase: 'S1' })).rejects.toMatchObject({
    code: 'POLICY_REFUSED',
    reply: { details: { ids: [id] } },
  });
  expect(asked.length).toBe(sent);
  const { job } = await app.call('signers.initToken', { ...NEW_TOKEN, erase: 'S2' });
  expect(await app.ended(job)).toMatchObject({ state: 'done' });
  expect(await audit('signers.initToken')).toEqual([
    'done: The token with serial S2 in slot 0 was erased with its keys, and initialised as "New"; its serial is S9',
    expect.stringMatching(/^refused: /),
  ]);
});

test.each([
  ['done', null],
  ['refused', trouble('pin-refused', 'CKR_PIN_INCORRECT')],
  ['failed', trouble('refused', 'TOKEN_WITHOUT_PIN')],
  ['failed', trouble('refused', 'TOKEN_IN_DOUBT')],
] as const)('the record of an erased token names it by its serial: %s, %s', async (outcome, init) => {
  const { app } = await started({ init });
  await app.ended((await app.call('signers.initToken', { ...NEW_TOKEN, erase: 'S2' })).job);
  const { rows } = await app.call('audit.list', { action: 'signers.initToken', limit: 5 });
  expect(rows.map((row) => [row.outcome, row.subjects.map(({ type, id }) => `${type} ${id}`)])).toEqual([
    [outcome, outcome === 'done' ? ['device S2', 'device S9'] : ['device S2']],
  ]);
  expect(rows[0]?.summary).toContain('S2');
});
