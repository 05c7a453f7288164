/** A mark waits for a person until the device takes a PIN, whoever sends it; what was mistyped is still not sent again. */
import { afterEach, expect, test } from 'vitest';
import { fakeToken } from '../../testing/fake-device.ts';
import { endSigners, settings, started } from '../../testing/test-signers.ts';
import { PASSPHRASE } from '../../testing/test-workspace.ts';

afterEach(endSigners);
type Started = Awaited<ReturnType<typeof started>>;

async function typed(t: Started, begun: { job: string }, pin: string) {
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin, keep: 'no' });
  return t.job(begun);
}

/** A login that asks; it refuses to send this PIN. */
async function keepsBack(t: Started, id: string, pin: string) {
  const begun = await t.app.call('signers.login', { id });
  const { id: prompt } = await t.prompt();
  await expect(t.app.call('signers.answer', { prompt, pin, keep: 'no' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  await t.app.call('signers.cancelPrompt', { prompt });
  await t.job(begun);
}

test('a PIN that was mistyped in the examination of a new signer, and typed right in the next, is told nowhere', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const { id } = await t.app.call('signers.save', {
    ...{ revision: await t.revision(), id: null, name: 'One', settings: settings('/a.so') },
    secret: { do: 'keep' },
  });
  await t.app.call('signers.setRoles', {
    ...{ revision: await t.revision(), defaultSigner: 'software', oneOffSigner: null },
  });
  await typed(t, await t.app.call('signers.examine', { id }), '0000');
  await typed(t, await t.app.call('signers.examine', { id }), '5678');
  await t.apply();
  expect(await t.row(id)).toMatchObject({ state: 'announced', secretMark: null });
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await t.row(id)).toMatchObject({ state: 'announced', secretMark: null });
  await keepsBack(t, id, '0000');
  expect(token.pins.filter((pin) => pin === '0000')).toHaveLength(1);
});

test('a login by another signer on the device ends the mark, also over a lock', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const one = await t.add('One', '/a.so', null, { serial: 'S1' });
  const two = await t.add('Two', '/a.so', null, { serial: 'S1' });
  await typed(t, await t.app.call('signers.login', { id: one }), '0000');
  expect(await t.row(one)).toMatchObject({ state: 'login-needed', secretMark: 'refused' });
  await typed(t, await t.app.call('signers.login', { id: two }), '5678');
  expect(await t.row(one)).toMatchObject({ state: 'login-needed', secretMark: null });
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await t.row(one)).toMatchObject({ state: 'announced', secretMark: null });
  await keepsBack(t, one, '0000');
  // The next that is refused is told again.
  await typed(t, await t.app.call('signers.login', { id: one }), '1111');
  expect(await t.row(one)).toMatchObject({ state: 'login-needed', secretMark: 'refused' });
});
