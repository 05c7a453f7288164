import { afterEach, expect, test } from 'vitest';
import { pkcs11Settings, type SignerSettings } from '#shared/contract/signer-settings.ts';
import { fakeDevices, type FakeToken, fakeToken, strangerKey, trouble } from '../../testing/fake-device.ts';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { PASSPHRASE } from '../../testing/test-workspace.ts';

const open: TestApp[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.remove();
});

const settings = (libPath: string, more: Partial<SignerSettings> = {}) =>
  pkcs11Settings.parse({ kind: 'pkcs11', libPath, slot: { by: 'label', label: 'My token' }, ...more });

/** Lets what is ready run: answers of the store's worker come as messages. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 60; turn += 1) await new Promise((done) => setTimeout(done, 1));
};

async function started(tokens: Record<string, FakeToken>, folder?: string, workspace?: string) {
  const byPath = new Map(Object.entries(tokens));
  const made: SignerSettings[] = [];
  const app = await testApp({
    devices: fakeDevices(byPath, made),
    ...(folder === undefined ? {} : { folder }),
    ...(workspace === undefined ? {} : { workspace }),
  });
  open.push(app);
  if (workspace === undefined) await app.create();
  else await app.call('workspace.unlock', { passphrase: PASSPHRASE });

  const list = () => app.call('signers.list', {});
  const revision = async () => (await list()).pending.revision;
  const row = async (id: string) => {
    const found = (await list()).rows.find((one) => one.id === id);
    if (found === undefined) throw new Error('no such signer');
    return found;
  };
  async function add(name: string, libPath: string, pin: string | null = '5678', more = {}): Promise<string> {
    const { id } = await app.call('signers.save', {
      revision: await revision(),
      id: null,
      name,
      settings: settings(libPath, more),
      secret: pin === null ? { do: 'keep' } : { do: 'store', secret: pin },
    });
    await app.call('signers.setRoles', {
      revision: await revision(),
      defaultSigner: 'software',
      oneOffSigner: null,
    });
    await app.call('signers.apply', { revision: await revision() });
    return id;
  }
  const apply = async () => app.call('signers.apply', { revision: await revision() });
  async function until<T>(what: () => Promise<T | undefined | false>): Promise<T> {
    for (let turn = 0; turn < 400; turn += 1) {
      const found = await what();
      if (found !== undefined && found !== false) return found;
      await new Promise((done) => setTimeout(done, 5));
    }
    throw new Error('it never came');
  }
  const prompt = () => until(async () => (await app.call('signers.prompts', {})).prompts[0]);
  const state = (id: string, wanted: string) =>
    until(async () => (await row(id)).state === wanted && row(id));
  const newKey = (signer: string, label = 'a key') =>
    app.call('keys.create', { algorithm: 'p-256', label, signer });
  const job = async (begun: { job: string }) => app.ended(begun.job);
  async function audit(action: string): Promise<string[]> {
    const { rows } = await app.call('audit.list', { action, limit: 50 });
    return rows.map(({ outcome, summary }) => `${outcome}: ${summary}`);
  }
  return {
    app,
    tokens: byPath,
    made,
    list,
    row,
    add,
    apply,
    prompt,
    state,
    newKey,
    job,
    audit,
    until,
    revision,
  };
}

test('a signer is announced, contacted at its first use, bound, and its key is on the device alone', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('SoftHSMv2', '/a.so');
  expect(await t.row(id)).toMatchObject({ state: 'announced', device: null, secretStored: true, keys: 0 });
  expect(token.asked).toEqual([]);

  const key = await t.app.result(await t.newKey(id));
  expect(await t.row(id)).toMatchObject({ state: 'ready', keys: 1, device: { serial: 'S1' }, roles: [] });
  // The identity key and ours, both under Krill's label.
  expect([...token.keys.values()].map(({ label }) => label)).toEqual(['Krill', 'Krill']);
  expect(token.pins).toEqual(['5678']);
  expect(await t.app.call('keys.get', { id: key })).toMatchObject({
    signer: id,
    signerName: 'SoftHSMv2',
    reachable: true,
    exportable: false,
  });
  expect(await t.audit('signers.bind')).toEqual([
    'done: SoftHSMv2 is bound to the device with serial S1 by an identity key on it',
  ]);
  expect(await t.audit('signers.contact')).toEqual([
    'done: SoftHSMv2 was contacted and took the PIN: Fake Token, serial S1',
  ]);
  const { keys } = await t.app.call('signers.deviceKeys', { id });
  expect(keys.map(({ identity, key: ours, adoptable }) => ({ identity, ours: ours?.id, adoptable }))).toEqual(
    [
      { identity: true, ours: undefined, adoptable: false },
      { identity: false, ours: key, adoptable: false },
    ],
  );
  const overview = await t.app.call('overview.get', {});
  expect(overview.signers.map(({ name, keys: count }) => [name, count])).toEqual([
    ['Software', 0],
    ['SoftHSMv2', 1],
  ]);
  // The key was made in the device: nothing of it lies in the workspace, and destroying it takes it from there.
  const view = await t.app.call('keys.get', { id: key });
  await t.app.call('keys.destroy', { id: key, confirm: view.key.keyId.slice(-8) });
  expect(token.keys.size).toBe(1);
});

test('a restart finds the identity key again; renamed and moved, it keeps its keys', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const key = await t.app.result(await t.newKey(id));
  await t.app.call('signers.rename', { revision: await t.revision(), id, name: 'Another name' });
  const at = await t.revision();
  await t.app.call('signers.save', {
    revision: at,
    id,
    name: 'Another name',
    settings: settings('/moved.so'),
    secret: { do: 'keep' },
  });
  expect((await t.list()).pending.changes).toEqual([
    'One is called Another name.',
    'Another name has other settings.',
  ]);
  await t.apply();
  t.tokens.set('/moved.so', token);
  t.tokens.delete('/a.so');
  const path = (await t.app.call('workspace.state', {})).workspace?.path ?? '';
  await t.app.close();

  const again = await started({ '/moved.so': token }, t.app.folder, path);
  expect(await again.row(id)).toMatchObject({ name: 'Another name', state: 'announced', keys: 1 });
  const { job } = await again.app.call('signers.probe', { id });
  expect(await again.app.ended(job)).toMatchObject({ state: 'done' });
  expect(await again.row(id)).toMatchObject({ state: 'ready', device: { serial: 'S1' } });
  // The token whose serial is known is asked for first.
  expect(again.made.at(-1)).toMatchObject({ serial: 'S1', libPath: '/moved.so' });
  expect(await again.app.call('keys.get', { id: key })).toMatchObject({ signerName: 'Another name' });
  expect(token.keys.size).toBe(2);
  expect(await again.audit('signers.bind')).toHaveLength(1);
});

test('another device under the same name is refused with both serials', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  const id = await t.add('One', '/a.so');
  await t.app.result(await t.newKey(id));
  await t.app.call('signers.logout', { id });
  const other = fakeToken('S2');
  t.tokens.set('/a.so', other);
  const made = await t.job(await t.newKey(id, 'second'));
  expect(made.error).toMatchObject({
    code: 'SIGNER_UNAVAILABLE',
    message:
      'This is not the device that owns these keys: One has serial S1, and this one has S2. Connect the right one, or add this one as a signer of its own.',
  });
  expect(await t.row(id)).toMatchObject({
    state: 'unusable',
    trouble: { code: 'ANOTHER_DEVICE' },
    retryAt: null,
  });
  // No key was put on the stranger, and nobody stays logged in to it.
  expect(other.keys.size).toBe(0);
  expect(other.closed).toBeGreaterThan(0);
  // It is not tried again by itself.
  const asked = other.asked.length;
  t.app.clock.advance(40_000);
  await settle();
  await expect(t.app.call('signers.deviceKeys', { id })).rejects.toMatchObject({
    code: 'SIGNER_UNAVAILABLE',
  });
  expect(other.asked.length).toBe(asked);
  // The right one is back: a person tries it.
  t.tokens.set('/a.so', fakeToken('S1', { keys: new Map() }));
  expect(await t.job(await t.app.call('signers.login', { id }))).toMatchObject({
    error: { message: expect.stringContaining('has lost the identity key of One') },
  });
});

test('a device that signs wrongly is refused, not identified', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  expect((await t.job(await t.app.call('signers.login', { id }))).state).toBe('done');
  await t.app.call('signers.logout', { id });
  token.signsWrongly = true;
  expect(await t.job(await t.newKey(id))).toMatchObject({
    state: 'failed',
    error: { code: 'SIGNER_UNAVAILABLE' },
  });
  expect(await t.row(id)).toMatchObject({ state: 'unusable', trouble: { code: 'WRONG_SIGNATURE' } });
  expect(token.keys.size).toBe(1);
});

test('a removed device comes back: waits of 2 s and 3 s, retrying, then ready (S002-8)', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const key = await t.app.result(await t.newKey(id));
  token.faults = { publicKey: [trouble('unreachable'), trouble('unreachable')] };
  const view = await t.app.call('keys.get', { id: key });
  const destroyed = t.app.call('keys.destroy', { id: key, confirm: view.key.keyId.slice(-8) });
  const first = await t.state(id, 'retrying');
  expect(first.retryAt).toBe(new Date(t.app.clock.now().getTime() + 2000).toISOString());
  expect(await t.app.call('keys.get', { id: key })).toMatchObject({ reachable: false });
  t.app.clock.advance(1999);
  await settle();
  expect((await t.row(id)).state).toBe('retrying');
  t.app.clock.advance(1);
  const second = await t.until(async () => {
    const row = await t.row(id);
    return row.state === 'retrying' && row.retryAt !== first.retryAt && row;
  });
  expect(second.retryAt).toBe(new Date(t.app.clock.now().getTime() + 3000).toISOString());
  t.app.clock.advance(3000);
  await destroyed;
  expect(await t.row(id)).toMatchObject({ state: 'ready', retryAt: null, keys: 0 });
});

test('a dead device: the call gives up in its time, probes are 30 s apart, another signer works on', async () => {
  const alive = fakeToken('S2');
  const t = await started({ '/b.so': alive });
  const dead = await t.add('Dead', '/a.so', '5678', { retrySeconds: 2, maxRetrySeconds: 10 });
  const other = await t.add('Alive', '/b.so');
  const begun = await t.newKey(dead);
  await t.state(dead, 'retrying');
  // Meanwhile the screen and the other signer go on.
  expect((await t.list()).rows).toHaveLength(3);
  await t.app.result(await t.newKey(other, 'elsewhere'));
  for (const seconds of [2, 3, 4.5]) {
    await settle();
    t.app.clock.advance(seconds * 1000);
  }
  expect(await t.job(begun)).toMatchObject({ error: { code: 'SIGNER_UNAVAILABLE' } });
  const row = await t.row(dead);
  expect(row).toMatchObject({ state: 'retrying', trouble: { code: 'TOKEN_GONE' } });
  expect(Date.parse(row.retryAt ?? '') - t.app.clock.now().getTime()).toBe(30_000);
  // A call does not wait for it now.
  expect(await t.job(await t.newKey(dead, 'again'))).toMatchObject({ error: { code: 'SIGNER_UNAVAILABLE' } });
  const back = fakeToken('S1');
  t.tokens.set('/a.so', back);
  t.app.clock.advance(29_000);
  await settle();
  expect(back.asked).toEqual([]);
  t.app.clock.advance(1000);
  await t.state(dead, 'ready');
  // One entry when it went, one when it came: not one for each try.
  expect(await t.audit('signers.contact')).toHaveLength(3);
});

test('a missing operation is fatal and not tried again; so are wrong settings', async () => {
  const token = fakeToken('S1', { capabilities: [{ name: 'C_Sign', present: false, needed: true }] });
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  expect(await t.job(await t.newKey(id))).toMatchObject({ error: { code: 'SIGNER_UNAVAILABLE' } });
  expect(await t.row(id)).toMatchObject({
    state: 'unusable',
    text: 'One cannot be used: C_Sign is not supported.',
    trouble: { code: 'MISSING_OPERATION', cause: expect.stringMatching(/\.$/) },
    capabilities: [],
  });
  const tries = token.asked.length;
  t.app.clock.advance(120_000);
  await settle();
  expect(token.asked.length).toBe(tries);
});

test('a refused PIN is sent once, marked across restarts, and only a person gets on', async () => {
  const token = fakeToken('S1', { tries: 'low' });
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', '0000');
  expect(await t.job(await t.newKey(id))).toMatchObject({ error: { code: 'SIGNER_UNAVAILABLE' } });
  expect(token.pins).toEqual(['0000']);
  expect(await t.row(id)).toMatchObject({ state: 'unusable', trouble: { code: 'CKR_PIN_INCORRECT' } });
  expect(await t.audit('signers.pinRefused')).toEqual(['refused: One refused the PIN; it is not sent again']);
  const path = (await t.app.call('workspace.state', {})).workspace?.path ?? '';
  await t.app.close();

  const again = await started({ '/a.so': token }, t.app.folder, path);
  const begun = await again.newKey(id);
  const asked = await again.prompt();
  expect(asked).toMatchObject({ kind: 'pin', signer: id, tries: 'low' });
  expect(asked.text).toBe('The stored PIN was refused. Type the PIN of One. A wrong one was given before.');
  await expect(
    again.app.call('signers.answer', { prompt: asked.id, pin: '0000', keep: 'no' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT', reply: { details: { fields: [{ path: 'pin' }] } } });
  expect(token.pins).toEqual(['0000']);
  await again.app.call('signers.answer', { prompt: asked.id, pin: '5678', keep: 'vault' });
  await again.app.result(begun);
  expect(token.pins).toEqual(['0000', '5678']);
  expect(await again.row(id)).toMatchObject({ state: 'ready', secretStored: true, secretHeld: false });
  // Kept: after a logout nobody is asked.
  await again.app.call('signers.logout', { id });
  await again.app.result(await again.newKey(id, 'second'));
  expect(token.pins).toEqual(['0000', '5678', '5678']);
  // Nothing secret left main.
  expect(JSON.stringify([again.app.events, again.app.lines])).not.toMatch(/5678|0000"/);
});

test('one question for all who wait; what is kept until the lock is gone after it', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', null);
  const begun = [await t.newKey(id, 'one'), await t.newKey(id, 'two'), await t.newKey(id, 'three')];
  const asked = await t.prompt();
  await settle();
  expect((await t.app.call('signers.prompts', {})).prompts).toHaveLength(1);
  expect((await t.row(id)).state).toBe('probing');
  await t.app.call('signers.answer', { prompt: asked.id, pin: '5678', keep: 'until-lock' });
  for (const one of begun) await t.app.result(one);
  expect(token.pins).toEqual(['5678']);
  expect(await t.row(id)).toMatchObject({ state: 'ready', secretHeld: true, secretStored: false });
  await t.app.call('workspace.lock', {});
  expect(token.closed).toBe(1);
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await t.row(id)).toMatchObject({ state: 'announced', secretHeld: false });
  const later = await t.newKey(id, 'four');
  const second = await t.prompt();
  await t.app.call('signers.cancelPrompt', { prompt: second.id });
  expect(await t.job(later)).toMatchObject({ error: { code: 'CANCELLED' } });
  expect((await t.row(id)).state).toBe('login-needed');
  await expect(
    t.app.call('signers.answer', { prompt: second.id, pin: '5678', keep: 'no' }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a probe in the background asks nobody; a lock ends what waits for a person', async () => {
  const token = fakeToken('S1');
  const t = await started({});
  const id = await t.add('One', '/a.so', null, { maxRetrySeconds: 2, retrySeconds: 2 });
  const begun = await t.newKey(id);
  await t.state(id, 'retrying');
  t.app.clock.advance(2000);
  await t.job(begun);
  t.tokens.set('/a.so', token);
  t.app.clock.advance(30_000);
  await t.state(id, 'login-needed');
  expect((await t.app.call('signers.prompts', {})).prompts).toEqual([]);
  await t.newKey(id);
  await t.prompt();
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect((await t.app.call('signers.prompts', {})).prompts).toEqual([]);
  expect(token.pins).toEqual([]);
});

test('a locked PIN stays so until a person tries; a forgotten refusal lets the stored PIN go again', async () => {
  const token = fakeToken('S1', { locked: true });
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  await t.job(await t.newKey(id));
  expect(await t.row(id)).toMatchObject({
    state: 'unusable',
    tries: 'locked',
    trouble: { code: 'CKR_PIN_LOCKED' },
  });
  const asked = token.asked.length;
  await t.job(await t.newKey(id));
  expect(token.asked.length).toBe(asked);
  token.locked = false;
  token.pin = '9999';
  await t.job(await t.app.call('signers.login', { id }));
  expect(token.pins).toEqual(['5678']);
  token.pin = '5678';
  await t.app.call('signers.forgetRefusal', { id });
  expect(await t.job(await t.app.call('signers.login', { id }))).toMatchObject({ state: 'done' });
  expect(token.pins).toEqual(['5678', '5678']);
  expect(await t.audit('signers.forgetRefusal')).toHaveLength(1);
  expect(await t.audit('signers.login')).toEqual([
    'done: Logged in to One (serial S1)',
    expect.stringMatching(/^refused: Login to One: /),
  ]);
});

test('the test makes, uses and destroys a key of each kind, can be cancelled, and says what is missing', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  expect(await t.job(await t.app.call('signers.probe', { id }))).toMatchObject({ state: 'done' });
  expect(await t.audit('signers.probe')).toEqual([
    'done: One (serial S1) made, used and destroyed a key of rsa-2048 and p-256',
  ]);
  expect(token.keys.size).toBe(1);
  token.hangs.add('open');
  const { job } = await t.app.call('signers.probe', { id });
  await t.state(id, 'probing');
  await t.app.call('jobs.cancel', { id: job });
  expect(await t.app.ended(job)).toMatchObject({ state: 'cancelled' });
  token.hangs.clear();
  await t.until(async () => (await t.row(id)).state !== 'probing');
  token.algorithms = [];
  expect(await t.job(await t.app.call('signers.probe', { id }))).toMatchObject({ state: 'failed' });
  expect((await t.row(id)).state).toBe('unusable');
});

test('a key of a kind that the device lacks is refused; one that is gone is named', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const refused = await t.app.call('keys.create', { algorithm: 'p-384', label: 'x', signer: id });
  expect(await t.job(refused)).toMatchObject({
    error: {
      code: 'POLICY_REFUSED',
      message: 'One makes no p-384 keys. Choose one of rsa-2048, p-256, or another signer.',
    },
  });
  expect((await t.row(id)).state).toBe('ready');
  token.faults = { create: [trouble('unreachable', 'SIGNER_HOST_CRASHED')] };
  const crashed = await t.newKey(id);
  expect(await t.job(crashed)).toMatchObject({ error: { code: 'SIGNER_HOST_CRASHED' } });
  // Making is not repeated by itself: half a key may be there. The next contact is.
  expect(await t.state(id, 'retrying')).toMatchObject({ keys: 0 });
});

test('a key of others is taken in by its public key, once; the identity key is not', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  strangerKey(token, 'rsa-2048');
  const { keys } = await t.app.call('signers.deviceKeys', { id });
  const free = keys.find(({ adoptable }) => adoptable);
  const identity = keys.find((one) => one.identity);
  expect(free).toMatchObject({ type: 'RSA 2048', key: null, label: 'Krill' });
  const adopt = (spkiSha256: string | null | undefined) =>
    t.app.call('signers.adopt', { id, spkiSha256: spkiSha256 ?? '', label: 'from others' });
  const key = await t.app.result(await adopt(free?.spkiSha256));
  expect(await t.app.call('keys.get', { id: key })).toMatchObject({
    source: 'imported',
    signer: id,
    reachable: true,
  });
  expect(await t.job(await adopt(free?.spkiSha256))).toMatchObject({ error: { code: 'CONFLICT' } });
  expect(await t.job(await adopt(identity?.spkiSha256))).toMatchObject({ error: { code: 'POLICY_REFUSED' } });
  expect(await t.job(await adopt('0'.repeat(64)))).toMatchObject({ error: { code: 'NOT_FOUND' } });
  expect(await t.audit('signers.adopt')).toHaveLength(4);
});
