/** A PIN that is being changed: nobody sends the old one by himself meanwhile, nor when nobody knows which counts; a slip costs one try. */
import { afterEach, expect, test } from 'vitest';
import { fakeDevices, fakeToken } from '../../testing/fake-device.ts';
import { testApp } from '../../testing/test-app.ts';
import { endLater, endServers } from '../../testing/test-net.ts';
import { settings } from '../../testing/test-signers.ts';
import { DeviceError } from '../device.ts';

afterEach(endServers);

/** A signer that is logged in; `secret` null: its PIN is typed, and kept until the lock. */
async function loggedIn(
  end: (newPin: string) => Promise<void> = async () => undefined,
  secret: string | null = '5678',
) {
  const token = fakeToken('S1');
  const parts = fakeDevices(new Map([['/a.so', token]]));
  const tried: string[] = [];
  const app = await testApp({
    devices: {
      ...parts,
      tools: {
        ...parts.tools,
        async changePin(_settings, { oldPin, newPin }) {
          const old = Buffer.from(oldPin).toString();
          tried.push(old);
          if (old !== token.pin) throw new DeviceError('pin-refused', 'CKR_PIN_INCORRECT', 'Refused.');
          const before = token.pin;
          token.pin = Buffer.from(newPin).toString();
          await end(token.pin).catch((error: unknown) => {
            if (error instanceof DeviceError && error.code === 'CKR_SESSION_COUNT') token.pin = before;
            throw error;
          });
        },
      },
    },
  });
  endLater(() => app.remove());
  await app.create();
  const revision = async () => (await app.call('signers.list', {})).pending.revision;
  const { id } = await app.call('signers.save', {
    ...{ revision: await revision(), id: null, name: 'One', settings: settings('/a.so') },
    secret: secret === null ? { do: 'keep' } : { do: 'store', secret },
  });
  await app.call('signers.setRoles', {
    ...{ revision: await revision(), defaultSigner: 'software', oneOffSigner: null },
  });
  await app.call('signers.apply', { revision: await revision() });
  const login = await app.call('signers.login', { id });
  if (secret === null) await answer('5678', 'until-lock');
  await app.ended(login.job);
  token.pins.length = 0;

  async function prompt() {
    await expect
      .poll(async () => (await app.call('signers.prompts', {})).prompts.length, { timeout: 5000 })
      .toBe(1);
    const [asked] = (await app.call('signers.prompts', {})).prompts;
    return asked ?? { id: '', text: '' };
  }
  async function answer(pin: string, keep: 'no' | 'until-lock') {
    await app.call('signers.answer', { prompt: (await prompt()).id, pin, keep });
  }
  const row = async () => (await app.call('signers.list', {})).rows.find((one) => one.id === id);
  const change = (oldPin: string, newPin: string) => app.call('signers.changePin', { id, oldPin, newPin });
  return { token, app, id, tried, prompt, answer, row, change };
}

test('a login meanwhile waits for its end, and sends the new one', async () => {
  const gate = Promise.withResolvers<void>();
  const { token, app, id, change } = await loggedIn(() => gate.promise);
  await app.call('signers.logout', { id });
  const changing = await change('5678', '777777');
  await expect.poll(() => token.pin, { timeout: 5000 }).toBe('777777');
  const login = await app.call('signers.login', { id });
  await new Promise((done) => setTimeout(done, 300));
  expect(token.pins).toEqual([]);
  gate.resolve();
  await app.ended(changing.job);
  expect(await app.ended(login.job)).toMatchObject({ state: 'done' });
  expect(token.pins).toEqual(['777777']);
});

test.each(['unreachable', 'cancelled'] as const)(
  'after one that ended %s a person is asked',
  async (kind) => {
    const { token, app, id, change, prompt } = await loggedIn(() =>
      Promise.reject(new DeviceError(kind, 'SIGNER_HOST_TIMEOUT', 'It did not answer.')),
    );
    await app.ended((await change('5678', '777777')).job);
    const login = await app.call('signers.login', { id });
    const asked = await prompt();
    expect(token.pins).toEqual([]);
    expect(asked.text).toContain('did not say whether it took the stored PIN');
    await app.call('signers.answer', { prompt: asked.id, pin: '777777', keep: 'no' });
    expect(await app.ended(login.job)).toMatchObject({ state: 'done' });
  },
);

test.each([null, '5678'])(
  'a mistyped present PIN costs one try; login and kept PIN (%s) stay, and the new one takes its place',
  async (secret) => {
    const { token, app, id, tried, row, change } = await loggedIn(undefined, secret);
    const kept = { secretHeld: secret === null, secretStored: secret !== null, secretMark: null };
    expect(await app.ended((await change('5679', '777777')).job)).toMatchObject({
      error: { code: 'INVALID_INPUT', fields: [{ path: 'oldPin' }] },
    });
    expect(tried).toEqual(['5679']);
    expect(await row()).toMatchObject({ state: 'ready', ...kept });
    expect(await app.ended((await change('5678', '777777')).job)).toMatchObject({ state: 'done' });
    expect(await row()).toMatchObject({ state: 'ready', ...kept });
    // Unplugged, and back: it logs in with the new one by itself.
    token.faults = { sign: [new DeviceError('unreachable', 'TOKEN_GONE', 'It is gone.')] };
    await app.call('signers.examine', { id }).then(({ job }) => app.ended(job));
    expect(token.pins).toEqual(['777777']);
    expect(await row()).toMatchObject(kept);
  },
);

test('a device that lets in one at a time is logged out for it, and logged in again with the new PIN', async () => {
  const { token, app, tried, row, change } = await loggedIn(async () => {
    if (token.closed === 0) throw new DeviceError('unreachable', 'CKR_SESSION_COUNT', 'No more sessions.');
  }, null);
  expect(await app.ended((await change('5678', '777777')).job)).toMatchObject({ state: 'done' });
  expect(tried).toEqual(['5678', '5678']);
  expect(token.pins).toEqual(['777777']);
  expect(await row()).toMatchObject({ state: 'ready', secretHeld: true, secretMark: null });
});
