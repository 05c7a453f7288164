import { afterEach, expect, test } from 'vitest';
import { fakeToken, trouble } from '../../testing/fake-device.ts';
import { endSigners, settings, settle, started } from '../../testing/test-signers.ts';

afterEach(endSigners);

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
  const { keys } = await t.app.deviceKeys(id);
  expect(keys.map(({ identity, key: ours, adoptable }) => ({ identity, ours: ours?.id, adoptable }))).toEqual(
    [
      { identity: { of: 'this', name: 'SoftHSMv2' }, ours: undefined, adoptable: false },
      { identity: null, ours: key, adoptable: false },
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
    'Another name loads another library: /moved.so.',
    'The secret of Another name that is kept goes to its new place from then on.',
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
      'This is not the device that owns these keys. The token in slot 1 has the serial number S2, this signer belongs to S1. Plug in the right one.',
  });
  expect(await t.row(id)).toMatchObject({
    state: 'unusable',
    trouble: { code: 'ANOTHER_DEVICE' },
    retryAt: null,
  });
  // No key was put on the stranger, and no PIN was sent to it.
  expect(other.keys.size).toBe(0);
  expect(other.pins).toEqual([]);
  // It is not tried again by itself.
  const asked = other.asked.length;
  t.app.clock.advance(40_000);
  await settle();
  await expect(t.app.deviceKeys(id)).rejects.toMatchObject({
    code: 'SIGNER_UNAVAILABLE',
  });
  expect(other.asked.length).toBe(asked);
  // The right one is back: a person tries it.
  t.tokens.set('/a.so', fakeToken('S1', { keys: new Map() }));
  expect(await t.job(await t.app.call('signers.login', { id }))).toMatchObject({
    error: { message: expect.stringContaining('has lost the identity key of One') },
  });
});

test('a device that the settings name by its serial has to hold the identity key; a copy of the old one does', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const key = await t.app.result(await t.newKey(id));
  const stranger = fakeToken('S2');
  t.tokens.set('/b.so', stranger);
  const move = async (serial: string) => {
    const secret = { do: 'keep' as const };
    const named = settings('/b.so', { serial });
    await t.app.call('signers.save', {
      revision: await t.revision(),
      id,
      name: 'One',
      settings: named,
      secret,
    });
    await t.apply();
  };
  await move('S2');
  expect(await t.job(await t.app.call('signers.login', { id }))).toMatchObject({
    error: {
      message:
        'This is not the device that owns these keys: One has serial S1, and this one has S2. Connect the right one, or add this one as a signer of its own.',
    },
  });
  expect(stranger.closed).toBe(1);
  expect(stranger.keys.size).toBe(0);
  t.tokens.set('/b.so', fakeToken('S3', { keys: token.keys }));
  await move('S3');
  expect(await t.job(await t.app.call('signers.login', { id }))).toMatchObject({ state: 'done' });
  expect(await t.row(id)).toMatchObject({ state: 'ready', device: { serial: 'S3' } });
  const { keys } = await t.app.deviceKeys(id);
  expect(keys.map((one) => one.key?.id)).toContain(key);
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
  // Between the failure and the wait behind it there is no time to show.
  const first = await t.until(async () => (await t.row(id)).retryAt !== null && t.row(id));
  expect(first.state).toBe('retrying');
  expect(first.retryAt).toBe(new Date(t.app.clock.now().getTime() + 2000).toISOString());
  expect(await t.app.call('keys.get', { id: key })).toMatchObject({ reachable: false });
  t.app.clock.advance(1999);
  await settle();
  expect((await t.row(id)).state).toBe('retrying');
  t.app.clock.advance(1);
  const second = await t.until(async () => {
    const row = await t.row(id);
    return row.state === 'retrying' && row.retryAt !== null && row.retryAt !== first.retryAt && row;
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
    capabilities: [{ name: 'C_Sign', present: false, needed: true }],
  });
  const tries = token.asked.length;
  t.app.clock.advance(120_000);
  await settle();
  expect(token.asked.length).toBe(tries);
});
