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

test('applied while the doctor runs: the one that ended sends nothing, the wrong PIN goes out once', async () => {
  const token = fakeToken('S1', { pin: '9999' });
  const gate = Promise.withResolvers<void>();
  const parts = fakeDevices(new Map([['/a.so', token]]));
  const looks: DeviceParts['looks'] = (...about) => ({
    ...parts.looks(...about),
    steps: [
      {
        code: 'library-loads',
        title: 'Its library',
        async look() {
          await gate.promise;
          return { text: 'It loads.' };
        },
      },
    ],
  });
  const app = await testApp({ devices: { ...parts, looks } });
  endLater(() => app.remove());
  await app.create();
  const revision = async () => (await app.call('signers.list', {})).pending.revision;
  const save = async (id: string | null, retrySeconds: number, secret: object) =>
    app.call('signers.save', {
      ...{ revision: await revision(), id, name: 'One', settings: settings('/a.so', { retrySeconds }) },
      secret: secret as { do: 'keep' },
    });
  const { id } = await save(null, 2, { do: 'store', secret: '5678' });
  await app.call('signers.setRoles', {
    ...{ revision: await revision(), defaultSigner: 'software', oneOffSigner: null },
  });
  await app.call('signers.apply', { revision: await revision() });
  const examined = await app.call('signers.examine', { id });
  await save(id, 3, { do: 'keep' });
  await app.call('signers.apply', { revision: await revision() });
  gate.resolve();
  await app.ended(examined.job);
  expect(token.pins).toEqual([]);
  await app.ended((await app.call('signers.login', { id })).job);
  expect(token.pins).toEqual(['5678']);
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
