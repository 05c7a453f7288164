/** What the doctor learns of a PIN, and is told to keep, before a signer is in force. */
import { afterEach, expect, test } from 'vitest';
import { fakeToken } from '../../testing/fake-device.ts';
import { endSigners, settings, started } from '../../testing/test-signers.ts';
import { PASSPHRASE } from '../../testing/test-workspace.ts';

afterEach(endSigners);

type Started = Awaited<ReturnType<typeof started>>;

async function save(t: Started, id: string | null, libPath: string, pin: string | null, more = {}) {
  const saved = await t.app.call('signers.save', {
    ...{ revision: await t.revision(), id, name: 'One', settings: settings(libPath, more) },
    secret: pin === null ? { do: 'keep' } : { do: 'store', secret: pin },
  });
  await t.app.call('signers.setRoles', {
    ...{ revision: await t.revision(), defaultSigner: 'software', oneOffSigner: null },
  });
  return saved.id;
}

async function examined(t: Started, id: string, pin: string, keep: 'no' | 'until-lock') {
  const begun = await t.app.call('signers.examine', { id });
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin, keep });
  return t.job(begun);
}

/** It waits for a person: nothing was sent. */
async function asks(t: Started, id: string) {
  const begun = await t.app.call('signers.login', { id });
  await t.app.call('signers.cancelPrompt', { prompt: (await t.prompt()).id });
  await t.job(begun);
}

test('“until the workspace is locked”, given in the doctor of a new signer, holds over Apply and ends with the lock', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await save(t, null, '/a.so', null);
  await examined(t, id, '5678', 'until-lock');
  await t.apply();
  expect(await t.row(id)).toMatchObject({ secretHeld: true, secretStored: false });
  expect(await t.job(await t.app.call('signers.login', { id }))).toMatchObject({ state: 'done' });
  const sent = token.pins.length;
  // A setting that leads to the same token forgets nothing either.
  await save(t, id, '/a.so', null, { retrySeconds: 3 });
  await t.apply();
  expect(await t.job(await t.app.call('signers.login', { id }))).toMatchObject({ state: 'done' });
  expect(token.pins.slice(sent)).toEqual(['5678']);
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await t.row(id)).toMatchObject({ secretHeld: false });
  await asks(t, id);
});

test('what was typed for another place than the one that is applied, or once, is not held', async () => {
  const [a, b] = [fakeToken('S1'), fakeToken('S2')];
  const t = await started({ '/a.so': a, '/b.so': b });
  const id = await save(t, null, '/a.so', null);
  await examined(t, id, '5678', 'until-lock');
  await save(t, id, '/b.so', null);
  await t.apply();
  expect(await t.row(id)).toMatchObject({ secretHeld: false });
  await asks(t, id);
  expect(b.pins).toEqual([]);
  // In force, another library is given: what is held for the one before does not go there.
  const login = await t.app.call('signers.login', { id });
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin: '5678', keep: 'until-lock' });
  await t.job(login);
  await save(t, id, '/a.so', null);
  await t.apply();
  expect(await t.row(id)).toMatchObject({ secretHeld: false });
});

test('a PIN that was refused in the examination is not sent by the applied signer', async () => {
  const token = fakeToken('S1', { pin: '9999' });
  const t = await started({ '/a.so': token });
  const id = await save(t, null, '/a.so', '5678');
  await t.job(await t.app.call('signers.examine', { id }));
  expect(token.pins).toEqual(['5678']);
  // Somebody writes the same one into the settings again.
  await save(t, id, '/a.so', '5678');
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  await t.apply();
  expect(await t.row(id)).toMatchObject({ secretStored: true, secretMark: 'refused' });
  await asks(t, id);
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  await asks(t, id);
  expect(token.pins).toEqual(['5678']);
});

test('killed during the examination of a new signer: its PIN does not go out again, neither pending nor applied', async () => {
  const token = fakeToken('S1', { silentLogin: true });
  const t = await started({ '/a.so': token });
  const id = await save(t, null, '/a.so', '5678');
  await t.app.call('signers.examine', { id });
  await t.until(async () => token.pins.length === 1);
  const path = (await t.app.call('workspace.state', {})).workspace?.path ?? '';
  await t.app.close();

  token.silentLogin = false;
  const again = await started({ '/a.so': token }, t.app.folder, path);
  const begun = await again.app.call('signers.examine', { id });
  const asked = await again.prompt();
  expect(token.pins).toEqual(['5678']);
  await again.app.call('signers.cancelPrompt', { prompt: asked.id });
  await again.job(begun);
  await again.apply();
  await asks(again, id);
  expect(token.pins).toEqual(['5678']);
});

test('a discarded place takes its marks along: they say nothing of the one in force', async () => {
  const [a, b] = [fakeToken('S1'), fakeToken('S2', { pin: '0000' })];
  const t = await started({ '/a.so': a, '/b.so': b });
  const id = await t.add('One', '/a.so', '5678');
  await save(t, id, '/b.so', null, { serial: 'S2' });
  await examined(t, id, '5678', 'no');
  expect(b.pins).toEqual(['5678']);
  await t.app.call('signers.discard', { revision: await t.revision() });
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await t.job(await t.app.call('signers.login', { id }))).toMatchObject({ state: 'done' });
  expect(a.pins).toEqual(['5678']);
});
