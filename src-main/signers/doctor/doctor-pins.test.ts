/** What the doctor does with the PIN of a signer while its configuration changes. */
import { afterEach, expect, test } from 'vitest';
import { fakeDevices, fakeToken } from '../../testing/fake-device.ts';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { testApp } from '../../testing/test-app.ts';
import { endLater, endServers } from '../../testing/test-net.ts';
import { endSigners, settings, started } from '../../testing/test-signers.ts';
import { type DeviceParts } from '../device-parts.ts';

afterEach(endSigners);
afterEach(endServers);

/** The application with a token whose examination waits until the gate is opened. */
async function gated(token = fakeToken('S1', { pin: '9999' })) {
  const gate = Promise.withResolvers<void>();
  const parts = fakeDevices(new Map([['/a.so', token]]));
  const looks: DeviceParts['looks'] = (...about) => ({
    ...parts.looks(...about),
    steps: [
      {
        code: 'library-loads',
        title: 'Its library',
        async look() {
          const { signal } = about[1];
          const ended = Promise.withResolvers<void>();
          signal.addEventListener('abort', () => ended.resolve(), { once: true });
          await Promise.race([gate.promise, ended.promise]);
          signal.throwIfAborted();
          return { text: 'It loads.' };
        },
      },
    ],
  });
  const app = await testApp({ devices: { ...parts, looks } });
  endLater(() => app.remove());
  await app.create();
  const list = () => app.call('signers.list', {});
  const revision = async () => (await list()).pending.revision;
  const save = async (id: string | null, retrySeconds: number, secret: object, name = 'One') =>
    app.call('signers.save', {
      ...{ revision: await revision(), id, name, settings: settings('/a.so', { retrySeconds }) },
      secret: secret as { do: 'keep' },
    });
  const apply = async () => app.call('signers.apply', { revision: await revision() });
  const examine = (id: string) => app.call('signers.examine', { id });
  const { id } = await save(null, 2, { do: 'store', secret: '5678' });
  await app.call('signers.setRoles', {
    ...{ revision: await revision(), defaultSigner: 'software', oneOffSigner: null },
  });
  return { token, app, id, gate, list, save, apply, examine };
}

test('what changes a signer is not applied while it is examined: one sentence, and nothing is half-applied', async () => {
  const { token, app, id, gate, list, save, apply, examine } = await gated();
  await apply();
  const examined = await examine(id);
  await save(id, 3, { do: 'keep' });
  await expect(apply()).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
    message:
      'One is being examined, and it is among what is pending. Wait for the end of the examination or cancel it, then apply.',
  });
  expect((await list()).rows[1]?.settings).toMatchObject({ retrySeconds: 2 });
  expect((await list()).pending.changes).toHaveLength(1);
  const { rows } = await app.call('audit.list', { action: 'signers.apply', limit: 5 });
  expect(rows.map(({ outcome }) => outcome)).toEqual(['refused', 'done']);
  gate.resolve();
  await app.ended(examined.job);
  expect(token.pins).toEqual(['5678']);
  await apply();
  // The wrong PIN went out once, whoever has it.
  const login = await app.call('signers.login', { id });
  await expect
    .poll(async () => (await app.call('signers.prompts', {})).prompts.length, { timeout: 5000 })
    .toBe(1);
  await app.call('jobs.cancel', { id: login.job });
  await app.ended(login.job);
  expect(token.pins).toEqual(['5678']);
});

test('a signer that is examined before it is in force holds up Apply; another, or a name, does not', async () => {
  const { app, id, gate, save, apply, examine } = await gated();
  const examined = await examine(id);
  await expect(apply()).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  await app.call('jobs.cancel', { id: examined.job });
  await app.ended(examined.job);
  await apply();
  const again = await examine(id);
  await save(null, 2, { do: 'keep' }, 'Two');
  await save(id, 2, { do: 'keep' }, 'Uno');
  await apply();
  gate.resolve();
  await app.call('jobs.cancel', { id: again.job });
  await app.ended(again.job);
});

test('no examination begins while it is applied', async () => {
  const { app, id, apply, examine } = await gated();
  const applied = apply();
  const [begun] = await Promise.allSettled([examine(id), applied]);
  // Whichever came first, the other one knew of it.
  const refused = await applied.then(
    () => null,
    (error: unknown) => error,
  );
  if (refused === null) expect((await app.call('signers.list', {})).rows[1]?.id).toBe(id);
  else expect(refused).toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  expect(begun.status).toBe('fulfilled');
  if (begun.status === 'fulfilled') {
    await app.call('jobs.cancel', { id: begun.value.job });
    await app.ended(begun.value.job);
  }
});

test('another token that is only pending gets no PIN that is kept, and what it refuses says nothing of the one in force', async () => {
  const [a, b] = [fakeToken('S1'), fakeToken('S2', { pin: '0000' })];
  const t = await started({ '/a.so': a, '/b.so': b });
  const id = await t.add('One', '/a.so');
  await t.job(await t.app.call('signers.login', { id }));
  await t.app.call('signers.save', {
    ...{ revision: await t.revision(), id, name: 'One', settings: settings('/b.so', { serial: 'S2' }) },
    secret: { do: 'keep' },
  });
  const examined = await t.app.call('signers.examine', { id });
  const asked = await t.prompt();
  expect(b.pins).toEqual([]);
  await t.app.call('signers.answer', { prompt: asked.id, pin: '5678', keep: 'no' });
  await t.job(examined);
  expect(b.pins).toEqual(['5678']);
  expect(await t.row(id)).toMatchObject({ state: 'ready', secretMark: null });
  await t.app.call('signers.discard', { revision: await t.revision() });
  await t.app.call('signers.logout', { id });
  expect(await t.job(await t.app.call('signers.login', { id }))).toMatchObject({ state: 'done' });
  expect(a.pins).toEqual(['5678', '5678']);
});

test('another server that is only pending gets no password that is kept', async () => {
  const [here, other] = [
    await fakeKmip({ password: { username: 'u', password: 'of-here' } }),
    await fakeKmip({ password: { username: 'u', password: 'of-other' } }),
  ];
  const app = await testApp({ live: true });
  endLater(() => app.remove());
  await app.create();
  const revision = async () => (await app.call('signers.list', {})).pending.revision;
  const { id } = await app.call('signers.save', {
    ...{ revision: await revision(), id: null, name: 'K', settings: here.settings({ username: 'u' }) },
    secret: { do: 'store', secret: 'of-here' },
  });
  await app.call('signers.setRoles', {
    ...{ revision: await revision(), defaultSigner: 'software', oneOffSigner: null },
  });
  await app.call('signers.apply', { revision: await revision() });
  await app.call('signers.save', {
    ...{ revision: await revision(), id, name: 'K', settings: other.settings({ username: 'u' }) },
    secret: { do: 'keep' },
  });
  const { job } = await app.call('signers.examine', { id });
  await expect
    .poll(async () => (await app.call('signers.prompts', {})).prompts.length, { timeout: 5000 })
    .toBe(1);
  // The question names the server that is examined.
  expect((await app.call('signers.prompts', {})).prompts).toMatchObject([
    { server: { host: '127.0.0.1', port: other.port } },
  ]);
  await app.call('jobs.cancel', { id: job });
  await app.ended(job);
  expect(other.passwords).toEqual([]);
});
