import { afterEach, expect, test } from 'vitest';
import { fakeToken, trouble } from '../../testing/fake-device.ts';
import { endSigners, settle, started } from '../../testing/test-signers.ts';
import { PASSPHRASE } from '../../testing/test-workspace.ts';

afterEach(endSigners);

test('a refused PIN is sent once, marked across restarts, and only a person gets on', async () => {
  const token = fakeToken('S1', { tries: 'low' });
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', '0000');
  expect(await t.job(await t.newKey(id))).toMatchObject({ error: { code: 'SIGNER_UNAVAILABLE' } });
  expect(token.pins).toEqual(['0000']);
  expect(await t.row(id)).toMatchObject({
    state: 'login-needed',
    secretMark: 'refused',
    trouble: { code: 'CKR_PIN_INCORRECT', text: 'It was pin-refused. Look at it.', cause: 'Wrong PIN.' },
  });
  expect(await t.audit('signers.pinRefused')).toEqual(['refused: One refused the PIN; it is not sent again']);
  // Nobody has to look at the signers to learn it.
  const { attention } = await t.app.call('overview.get', {});
  expect(attention.filter(({ subject }) => subject === 'One')).toMatchObject([
    { severity: 'careful', text: 'refused its PIN', action: { route: `/signers/${id}` } },
  ]);
  const path = (await t.app.call('workspace.state', {})).workspace?.path ?? '';
  await t.app.close();

  const again = await started({ '/a.so': token }, t.app.folder, path);
  expect(await again.row(id)).toMatchObject({ state: 'announced', secretMark: 'refused' });
  const begun = await again.newKey(id);
  const asked = await again.prompt();
  const shown = { label: 'My token', serial: 'S1' };
  expect(asked).toMatchObject({ kind: 'pin', signer: id, tries: 'low', token: shown });
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

test('a refusal is no longer told once another PIN was taken, and the refused one is still not sent', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', null);
  const answer = async (pin: string, keep: 'no' | 'vault') =>
    t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin, keep });
  const first = await t.app.call('signers.login', { id });
  await answer('0000', 'vault');
  await t.job(first);
  expect((await t.row(id)).secretMark).toBe('refused');
  t.app.clock.advance(1000);
  const second = await t.app.call('signers.login', { id });
  await answer('5678', 'vault');
  await t.job(second);
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await t.row(id)).toMatchObject({ state: 'announced', secretStored: true, secretMark: null });
  // The kept one is changed elsewhere: its refusal is told, until another is kept.
  token.pin = '9999';
  await t.job(await t.app.call('signers.login', { id }));
  expect((await t.row(id)).secretMark).toBe('refused');
  t.app.clock.advance(1000);
  const third = await t.app.call('signers.login', { id });
  await answer('9999', 'vault');
  await t.job(third);
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect((await t.row(id)).secretMark).toBeNull();
  expect(token.pins).toEqual(['0000', '5678', '5678', '9999']);
  await t.app.call('signers.logout', { id });
});

test('a PIN that was typed and never sent on is not kept; one for each signature is asked for each', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', null, { retrySeconds: 2, maxRetrySeconds: 2 });
  const key = await t.newKey(id);
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin: '5678', keep: 'no' });
  await t.app.result(key);
  await t.app.call('signers.logout', { id });
  const again = await t.newKey(id, 'second');
  // Not kept: asked once more.
  const asked = await t.prompt();
  await t.app.call('signers.answer', { prompt: asked.id, pin: '5678', keep: 'until-lock' });
  await t.app.result(again);
  token.asksForEachSignature = true;
  // The one in memory goes to each signature without a question, once it was typed for one.
  const { job } = await t.app.call('signers.probe', { id });
  const first = await t.prompt();
  expect(first).toMatchObject({ forSignature: true });
  await t.app.call('signers.answer', { prompt: first.id, pin: '5678', keep: 'no' });
  expect(await t.app.ended(job)).toMatchObject({ state: 'done' });
  await t.app.call('signers.logout', { id });
  const tested = await t.app.call('signers.login', { id });
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin: '5678', keep: 'no' });
  const forSignature = await t.until(async () =>
    (await t.app.call('signers.prompts', {})).prompts.find(({ text }) => text.includes('signature')),
  );
  expect(forSignature.text).toMatch(/^Type the signature PIN of One\./);
  await t.app.call('signers.answer', { prompt: forSignature.id, pin: '5678', keep: 'no' });
  expect(await t.app.ended(tested.job)).toMatchObject({ state: 'done' });
});

test('a login that ended behind our back is made again', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const key = await t.app.result(await t.newKey(id));
  token.faults = { publicKey: [trouble('pin-needed', 'CKR_USER_NOT_LOGGED_IN')] };
  const { key: view } = await t.app.call('keys.get', { id: key });
  await t.app.call('keys.destroy', { id: key, confirm: view.keyId.slice(-8) });
  expect(await t.row(id)).toMatchObject({ state: 'ready', keys: 0 });
});
