import { afterEach, expect, test } from 'vitest';
import { fakeToken, trouble } from '../testing/fake-device.ts';
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

test('a lock falls between a key and its certificate: that the key stays on the device is on record', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', null);
  const login = await t.app.call('signers.login', { id });
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin: '5678', keep: 'no' });
  await t.job(login);
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
      /^failed: The key [0-9A-F: ]+ is not used here and stays on One \(serial S1\): destroy it/,
    );
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
  expect(await t.audit('keys.destroy')).toEqual(['refused: It was refused. Look at it.']);
  expect((await t.app.call('keys.list', {})).rows).toHaveLength(1);
  expect(token.keys.size).toBe(2);
  await destroy();
  expect((await t.app.call('keys.list', {})).rows).toEqual([]);
  expect(token.keys.size).toBe(1);
});

test('the first error counts: a key that cannot be taken away again hides not why it had to be', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  await t.job(await t.app.call('signers.login', { id }));
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
