/** A PIN that is being changed: nobody sends the old one by himself meanwhile, nor when nobody knows which counts. */
import { afterEach, expect, test } from 'vitest';
import { fakeDevices, fakeToken } from '../../testing/fake-device.ts';
import { testApp } from '../../testing/test-app.ts';
import { endLater, endServers } from '../../testing/test-net.ts';
import { settings } from '../../testing/test-signers.ts';
import { DeviceError } from '../device.ts';

afterEach(endServers);

async function changing(end: () => Promise<void>) {
  const token = fakeToken('S1');
  const parts = fakeDevices(new Map([['/a.so', token]]));
  const app = await testApp({
    devices: {
      ...parts,
      tools: {
        ...parts.tools,
        async changePin(_settings, { newPin }) {
          token.pin = Buffer.from(newPin).toString();
          await end();
        },
      },
    },
  });
  endLater(() => app.remove());
  await app.create();
  const revision = async () => (await app.call('signers.list', {})).pending.revision;
  const { id } = await app.call('signers.save', {
    ...{ revision: await revision(), id: null, name: 'One', settings: settings('/a.so') },
    secret: { do: 'store', secret: '5678' },
  });
  await app.call('signers.setRoles', {
    ...{ revision: await revision(), defaultSigner: 'software', oneOffSigner: null },
  });
  await app.call('signers.apply', { revision: await revision() });
  await app.ended((await app.call('signers.login', { id })).job);
  token.pins.length = 0;
  const change = await app.call('signers.changePin', { id, oldPin: '5678', newPin: '777777' });
  await expect.poll(() => token.pin, { timeout: 5000 }).toBe('777777');
  return { token, app, id, change };
}

test('a login meanwhile waits for its end, and sends the new one', async () => {
  const gate = Promise.withResolvers<void>();
  const { token, app, id, change } = await changing(() => gate.promise);
  const login = await app.call('signers.login', { id });
  await new Promise((done) => setTimeout(done, 300));
  expect(token.pins).toEqual([]);
  gate.resolve();
  await app.ended(change.job);
  expect(await app.ended(login.job)).toMatchObject({ state: 'done' });
  expect(token.pins).toEqual(['777777']);
});

test.each(['unreachable', 'cancelled'] as const)(
  'after one that ended %s a person is asked',
  async (kind) => {
    const { token, app, id, change } = await changing(() =>
      Promise.reject(new DeviceError(kind, 'SIGNER_HOST_TIMEOUT', 'It did not answer.')),
    );
    await app.ended(change.job);
    const login = await app.call('signers.login', { id });
    await expect
      .poll(async () => (await app.call('signers.prompts', {})).prompts.length, { timeout: 5000 })
      .toBe(1);
    expect(token.pins).toEqual([]);
    const [asked] = (await app.call('signers.prompts', {})).prompts;
    expect(asked?.text).toContain('did not say whether it took the stored PIN');
    await app.call('signers.answer', { prompt: asked?.id ?? '', pin: '777777', keep: 'no' });
    expect(await app.ended(login.job)).toMatchObject({ state: 'done' });
  },
);
