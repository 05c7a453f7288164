import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { pkcs11Settings } from '#shared/contract/signer-settings.ts';
import { fakeToken, strangerKey, trouble } from '../testing/fake-device.ts';
import { backingUp, restoring } from '../testing/test-backup.ts';
import { endSigners, started } from '../testing/test-signers.ts';
import { draftOf, wizard } from '../testing/test-wizard.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';

afterEach(endSigners);

const newKey = (signer: string) => ({
  from: 'new' as const,
  algorithm: 'p-256' as const,
  label: 'x',
  signer,
});

/** One signer, whose PIN is in the workspace, after its login. */
async function loggedIn() {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  await t.job(await t.app.call('signers.login', { id }));
  return { token, t, id };
}

/** One signer, whose PIN somebody has typed once. */
async function withPin() {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', null);
  const login = await t.app.call('signers.login', { id });
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin: '5678', keep: 'no' });
  await t.job(login);
  return { token, t, id };
}

/** A signer with a key that was begun and never kept. */
async function withLeft() {
  const { token, t, id } = await loggedIn();
  token.losesKeys = true;
  await t.job(await t.newKey(id));
  token.losesKeys = false;
  return {
    ...{ token, t, id, held: [...token.keys.keys()] },
    login: async () => t.job(await t.app.call('signers.login', { id })),
  };
}

test('a lock falls between a key and its certificate: it is on record, shown, and destroyed at the next contact', async () => {
  const { token, t, id } = await withPin();
  const before = token.keys.size;
  token.asksForEachSignature = true;
  const { signed } = wizard(t.app);
  const signing = signed(draftOf('root', 'Root', { key: newKey(id) })).catch((error: unknown) => error);
  await t.prompt();
  await t.app.call('workspace.lock', {});
  await signing;
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await t.app.call('keys.list', {})).toMatchObject({ rows: [] });
  const left = await t.audit('signers.keyLeft');
  expect(left).toHaveLength(token.keys.size - before);
  for (const line of left)
    expect(line).toMatch(
      /^failed: The key [0-9A-F: ]+ is not used here and stays on One \(serial S1\) until the next contact, which destroys it/,
    );
  const { unfinished } = await t.row(id);
  expect(unfinished).toHaveLength(token.keys.size - before);
  expect([...token.keys.keys()]).toEqual(
    expect.arrayContaining(unfinished.map(({ identifier }) => identifier)),
  );
  token.asksForEachSignature = false;
  const again = await t.app.call('signers.login', { id });
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin: '5678', keep: 'no' });
  await t.job(again);
  expect(token.keys.size).toBe(before);
  expect((await t.row(id)).unfinished).toEqual([]);
  expect(await t.audit('signers.keySwept')).toEqual([
    expect.stringMatching(
      /^done: A key that was begun on One \(serial S1\) and not kept \(.+\) was destroyed there$/,
    ),
  ]);
});

test('a device that is gone before it says that it made the key: the next contact destroys it, and no other', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const kept = await t.app.result(await t.newKey(id));
  strangerKey(token);
  const before = [...token.keys.keys()];
  token.losesKeys = true;
  expect((await t.job(await t.newKey(id))).state).toBe('failed');
  expect((await t.row(id)).unfinished).toHaveLength(1);
  token.losesKeys = false;
  await t.job(await t.app.call('signers.login', { id }));
  expect([...token.keys.keys()]).toEqual(before);
  // It might have appeared later; by the next unlocking nothing of it goes on.
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  await t.job(await t.app.call('signers.login', { id }));
  expect((await t.row(id)).unfinished).toEqual([]);
  expect([...token.keys.keys()]).toEqual(before);
  expect((await t.app.call('keys.get', { id: kept })).reachable).toBe(true);
});

test('a key that its job still works with outlives another contact of its signer', async () => {
  const { token, t, id } = await withPin();
  token.asksForEachSignature = true;
  const { signed } = wizard(t.app);
  const signing = signed(draftOf('root', 'Root', { key: newKey(id) }));
  const asked = (await t.prompt()).id;
  token.asksForEachSignature = false;
  expect((await t.job(await t.app.call('signers.login', { id }))).state).toBe('done');
  expect(token.keys.size).toBe(2);
  expect((await t.row(id)).unfinished).toEqual([]);
  await t.app.call('signers.answer', { prompt: asked, pin: '5678', keep: 'no' });
  await signing;
  expect((await t.app.call('keys.list', {})).rows).toHaveLength(1);
  expect(token.keys.size).toBe(2);
});

test('a signer that is removed before its last contact: what may stay on its device is on record', async () => {
  const { t, id } = await withLeft();
  await t.app.call('signers.remove', { revision: await t.revision(), id });
  await t.apply();
  expect(await t.audit('signers.keyLeft')).toEqual([
    'failed: One was removed before a key that was begun on it could be destroyed: look for it on the device',
  ]);
});

test('a restored workspace destroys nothing: whoever went on may use the key', async () => {
  const { token, t, id } = await withLeft();
  const held = [...token.keys.keys()];
  const path = join(t.app.folder, 'a.backup');
  await t.app.result({ job: await backingUp(t.app, path) });
  expect((await t.app.ended(await restoring(t.app, path, null))).state).toBe('done');
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect((await t.row(id)).unfinished).toEqual([]);
  token.losesKeys = false;
  await t.job(await t.app.call('signers.login', { id }));
  expect([...token.keys.keys()]).toEqual(held);
});

test('a device that refuses to destroy a key: nothing says that it was destroyed, and it can be tried again', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const key = await t.app.result(await t.newKey(id));
  const { key: view } = await t.app.call('keys.get', { id: key });
  const destroy = () => t.app.call('keys.destroy', { id: key, confirm: view.keyId.slice(-8) });
  token.faults = { destroy: [trouble('refused', 'Permission Denied')] };
  await expect(destroy()).rejects.toMatchObject({ code: 'POLICY_REFUSED' });
  expect(await t.audit('keys.destroy')).toEqual([
    'refused: Destroying the key “a key”: It was refused. Look at it.',
  ]);
  expect((await t.app.call('keys.list', {})).rows).toHaveLength(1);
  expect(token.keys.size).toBe(2);
  await destroy();
  expect((await t.app.call('keys.list', {})).rows).toEqual([]);
  expect(token.keys.size).toBe(1);
});

test('the first error counts: a key that cannot be taken away again hides not why it had to be', async () => {
  const { token, t, id } = await loggedIn();
  token.signsWrongly = true;
  token.faults = { destroy: [trouble('refused', 'Permission Denied')] };
  const { signed } = wizard(t.app);
  await expect(signed(draftOf('root', 'Root', { key: newKey(id) }))).rejects.toThrow(
    /does not confirm; it was thrown away/,
  );
  expect(await t.audit('signers.keyLeft')).toHaveLength(1);
  // A signature that does not hold is the most telling use of a device.
  const { rows } = await t.app.call('audit.list', { limit: 50 });
  expect(rows.flatMap(({ subjects }) => subjects)).toContainEqual({
    type: 'token',
    id: 'One, serial S1',
    sha256: null,
  });
});

test('the same key on a device with another serial is left', async () => {
  const { token, t, id, held, login } = await withLeft();
  token.serial = 'S2';
  const { revision } = (await t.app.call('signers.list', {})).pending;
  const row = await t.row(id);
  await t.app.call('signers.save', {
    ...{ revision, id, name: 'One', secret: { do: 'keep' } },
    settings: { ...pkcs11Settings.parse(row.settings), serial: 'S2' },
  });
  await t.app.call('signers.apply', { revision: revision + 1 });
  expect((await login()).error).toBeNull();
  expect([...token.keys.keys()]).toEqual(held);
  expect((await t.row(id)).unfinished[0]?.text).toMatch(/^It was begun on another device, with serial S1/);
});

test('after more than a day a key is left, because this may be an old copy of the workspace, and listed until it is forgotten', async () => {
  const { token, t, id, held, login } = await withLeft();
  await t.app.call('workspace.lock', {});
  t.app.clock.advance(25 * 3_600_000);
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect((await login()).error).toBeNull();
  expect([...token.keys.keys()]).toEqual(held);
  const [row] = (await t.row(id)).unfinished;
  expect(row?.text).toMatch(/^It is older than a day/);
  await t.app.call('signers.forgetUnfinished', { id, key: row?.id ?? '' });
  expect((await t.row(id)).unfinished).toEqual([]);
  expect(await t.audit('signers.forgetUnfinished')).toHaveLength(1);
  expect([...token.keys.keys()]).toEqual(held);
});

test('a key that a running job makes cannot be taken in, and the job ends as it would have', async () => {
  const { token, t, id } = await withPin();
  token.asksForEachSignature = true;
  const signing = wizard(t.app).signed(draftOf('root', 'Root', { key: newKey(id) }));
  const asked = (await t.prompt()).id;
  token.asksForEachSignature = false;
  const { keys } = await t.app.deviceKeys(id);
  expect(keys.map(({ adoptable }) => adoptable)).toEqual([false, false]);
  const made = keys.find(({ identity }) => !identity)?.spkiSha256 ?? '';
  const adopted = await t.job(await t.app.call('signers.adopt', { id, spkiSha256: made, label: 'mine' }));
  expect(adopted.error).toMatchObject({ code: 'POLICY_REFUSED' });
  await t.app.call('signers.answer', { prompt: asked, pin: '5678', keep: 'no' });
  await signing;
  expect(token.keys.size).toBe(2);
  expect((await t.app.call('keys.list', {})).rows.map(({ label }) => label)).toEqual(['x']);
});
