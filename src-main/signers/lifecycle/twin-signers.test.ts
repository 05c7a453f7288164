/** Two signers on one token: what one learns of its PIN, or of the token, reaches the other. */
import { afterEach, expect, test } from 'vitest';
import { fakeDevices, fakeToken } from '../../testing/fake-device.ts';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { testApp } from '../../testing/test-app.ts';
import { endLater, endServers } from '../../testing/test-net.ts';
import { endSigners, settings, started } from '../../testing/test-signers.ts';
import { PASSPHRASE } from '../../testing/test-workspace.ts';

afterEach(endSigners);
afterEach(endServers);

test('a PIN that was refused to one is not sent by the other, from the first contact on and after a lock', async () => {
  const token = fakeToken('S1', { pin: '9999' });
  const t = await started({ '/a.so': token });
  const one = await t.add('One', '/a.so', '5678', { serial: 'S1' });
  // This one learns the serial from the token itself.
  const two = await t.add('Two', '/a.so', '5678');
  await t.job(await t.app.call('signers.login', { id: one }));
  expect(token.pins).toEqual(['5678']);
  const begun = await t.app.call('signers.login', { id: two });
  const asked = await t.prompt();
  expect(token.pins).toEqual(['5678']);
  await t.app.call('signers.cancelPrompt', { prompt: asked.id });
  await t.job(begun);
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  const again = await t.app.call('signers.login', { id: two });
  await t.app.call('signers.cancelPrompt', { prompt: (await t.prompt()).id });
  await t.job(again);
  expect(token.pins).toEqual(['5678']);
  // A person's slip at one is told by the other before it goes out.
  const third = await t.app.call('signers.login', { id: two });
  const { id: prompt } = await t.prompt();
  await expect(t.app.call('signers.answer', { prompt, pin: '5678', keep: 'no' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  await t.app.call('signers.answer', { prompt, pin: '9999', keep: 'vault' });
  expect(await t.job(third)).toMatchObject({ state: 'done' });
  // “I looked at it” is said of the device.
  token.pin = '5678';
  await t.app.call('signers.forgetRefusal', { id: two });
  await t.job(await t.app.call('signers.login', { id: one }));
  expect(token.pins).toEqual(['5678', '9999', '5678']);
});

test('two of them at once send a wrong PIN once', async () => {
  const token = fakeToken('S1', { pin: '9999' });
  const t = await started({ '/a.so': token });
  const one = await t.add('One', '/a.so', '5678', { serial: 'S1' });
  const two = await t.add('Two', '/a.so', '5678');
  const begun = await Promise.all([one, two].map((id) => t.app.call('signers.login', { id })));
  const asked = await t.prompt();
  await t.app.call('signers.cancelPrompt', { prompt: asked.id });
  for (const job of begun) await t.job(job);
  expect(token.pins).toEqual(['5678']);
});

test.each([
  ['of another token', 'S2', {}],
  ['by another library', 'S1', { libPath: '/b.so' }],
])('a signer %s is no twin', async (_what, serial, more) => {
  const [a, b] = [fakeToken('S1', { pin: '9999' }), fakeToken(serial)];
  const t = await started({ '/a.so': a, '/b.so': b });
  const one = await t.add('One', '/a.so', '5678');
  const two = await t.add('Two', '/b.so', '5678', more);
  await t.job(await t.app.call('signers.login', { id: one }));
  expect(await t.job(await t.app.call('signers.login', { id: two }))).toMatchObject({ state: 'done' });
  expect(b.pins).toEqual(['5678']);
});

/** Both logged in: One with a PIN in the vault, Two with one in memory or in the vault. */
async function both(heldByTwo: boolean, keptByTwo = '5678') {
  const token = fakeToken('S1');
  const parts = fakeDevices(new Map([['/a.so', token]]));
  const app = await testApp({
    devices: {
      ...parts,
      tools: {
        ...parts.tools,
        async changePin(_settings, { newPin }) {
          token.pin = Buffer.from(newPin).toString();
        },
      },
    },
  });
  endLater(() => app.remove());
  await app.create();
  const revision = async () => (await app.call('signers.list', {})).pending.revision;
  const ids: string[] = [];
  for (const name of ['One', 'Two']) {
    const { id } = await app.call('signers.save', {
      ...{ revision: await revision(), id: null, name, settings: settings('/a.so') },
      secret:
        heldByTwo && name === 'Two'
          ? { do: 'keep' }
          : { do: 'store', secret: name === 'Two' ? keptByTwo : '5678' },
    });
    ids.push(id);
  }
  await app.call('signers.setRoles', {
    ...{ revision: await revision(), defaultSigner: 'software', oneOffSigner: null },
  });
  await app.call('signers.apply', { revision: await revision() });
  const [one = '', two = ''] = ids;
  await app.ended((await app.call('signers.login', { id: one })).job);
  const login = await app.call('signers.login', { id: two });
  if (heldByTwo) {
    await expect
      .poll(async () => (await app.call('signers.prompts', {})).prompts.length, { timeout: 5000 })
      .toBe(1);
    const [asked] = (await app.call('signers.prompts', {})).prompts;
    await app.call('signers.answer', { prompt: asked?.id ?? '', pin: '5678', keep: 'until-lock' });
  }
  await app.ended(login.job);
  token.pins.length = 0;
  const row = async (id: string) => (await app.call('signers.list', {})).rows.find((its) => its.id === id);
  return { token, app, one, two, row };
}

test.each([true, false])(
  'a PIN changed through one is the kept one of the other too (in memory: %s), which stays logged in',
  async (held) => {
    const { token, app, one, two, row } = await both(held);
    expect(await row(two)).toMatchObject({ state: 'ready', secretHeld: held });
    await app.ended((await app.call('signers.changePin', { id: one, oldPin: '5678', newPin: '777777' })).job);
    expect(await row(one)).toMatchObject({ state: 'ready' });
    expect(await row(two)).toMatchObject({
      state: 'ready',
      secretMark: null,
      secretHeld: held,
      secretStored: !held,
    });
    expect(token.pins).toEqual([]);
    // Where it has to log in, the new one goes out.
    await app.call('workspace.lock', {});
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    const login = await app.call('signers.login', { id: two });
    if (held) await app.call('jobs.cancel', { id: login.job });
    await app.ended(login.job);
    expect(token.pins).toEqual(held ? [] : ['777777']);
  },
);

test('a PIN changed through one takes the place of one that the other keeps and that was refused, whose mark ends', async () => {
  const { token, app, one, two, row } = await both(false, '4321');
  expect(await row(two)).toMatchObject({ state: 'login-needed', secretMark: 'refused' });
  await app.ended((await app.call('signers.changePin', { id: one, oldPin: '5678', newPin: '777777' })).job);
  expect(await row(two)).toMatchObject({
    ...{ state: 'announced', secretMark: null, secretStored: true, trouble: null },
  });
  await app.call('workspace.lock', {});
  await app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect(await row(two)).toMatchObject({ secretMark: null });
  expect(await app.ended((await app.call('signers.login', { id: two })).job)).toMatchObject({
    state: 'done',
  });
  expect(token.pins).toEqual(['777777']);
});

test('a token that is gone, or another in its place, leaves no twin that claims to be ready', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const one = await t.add('One', '/a.so', '5678', { serial: 'S1' });
  const two = await t.add('Two', '/a.so', '5678');
  const login = async (id: string) => t.job(await t.app.call('signers.login', { id }));
  await login(one);
  await login(two);
  t.tokens.delete('/a.so');
  await login(one);
  expect(await t.row(two)).toMatchObject({
    state: 'announced',
    text: expect.stringContaining('One, which uses the same device') as string,
  });
  t.tokens.set('/a.so', token);
  await login(two);
  await login(one);
  expect([(await t.row(one)).state, (await t.row(two)).state]).toEqual(['ready', 'ready']);
  t.tokens.set('/a.so', fakeToken('S2'));
  await login(one);
  expect(await t.row(two)).toMatchObject({ state: 'announced' });
  await login(two);
  // Whichever says it, it says the same.
  const rows = [await t.row(one), await t.row(two)];
  expect(rows.map(({ state, trouble: its }) => [state, its?.code])).toEqual([
    ['unusable', 'ANOTHER_DEVICE'],
    ['unusable', 'ANOTHER_DEVICE'],
  ]);
});

test('a server: one user name is one account, whatever the signer is called', async () => {
  const server = await fakeKmip({ password: { username: 'u', password: 'right' } });
  const app = await testApp({ live: true });
  endLater(() => app.remove());
  await app.create();
  const revision = async () => (await app.call('signers.list', {})).pending.revision;
  const ids: string[] = [];
  for (const name of ['One', 'Two', 'Three']) {
    const { id } = await app.call('signers.save', {
      ...{ revision: await revision(), id: null, name },
      settings: server.settings({ username: name === 'Three' ? 'other' : 'u' }),
      secret: { do: 'store', secret: 'wrong' },
    });
    ids.push(id);
  }
  await app.call('signers.setRoles', {
    ...{ revision: await revision(), defaultSigner: 'software', oneOffSigner: null },
  });
  await app.call('signers.apply', { revision: await revision() });
  const [one = '', two = '', three = ''] = ids;
  await app.ended((await app.call('signers.login', { id: one })).job);
  expect(server.passwords).toEqual(['wrong']);
  const login = await app.call('signers.login', { id: two });
  await expect
    .poll(async () => (await app.call('signers.prompts', {})).prompts.length, { timeout: 5000 })
    .toBe(1);
  await app.call('jobs.cancel', { id: login.job });
  await app.ended(login.job);
  expect(server.passwords).toEqual(['wrong']);
  await app.ended((await app.call('signers.login', { id: three })).job);
  expect(server.passwords).toEqual(['wrong', 'wrong']);
});
