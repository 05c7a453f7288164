import { afterEach, expect, test } from 'vitest';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { testApp, type TestApp } from '../../testing/test-app.ts';
import { endLater, endServers } from '../../testing/test-net.ts';

afterEach(endServers);

async function station(): Promise<TestApp> {
  const app = await testApp({ live: true });
  endLater(() => app.remove());
  await app.create('offline', 'Vault');
  return app;
}

async function pending(
  app: TestApp,
  name: string,
  settings: ReturnType<Server['settings']>,
): Promise<string> {
  const { revision } = (await app.call('signers.list', {})).pending;
  const secret = { do: 'keep' as const };
  return (await app.call('signers.save', { revision, id: null, name, settings, secret })).id;
}

type Server = Awaited<ReturnType<typeof fakeKmip>>;
const endpoints = async (app: TestApp) => (await app.call('signers.endpoints', {})).endpoints;
const dialled = (app: TestApp, port: number) =>
  app.net.dial({ host: '127.0.0.1', port, trust: 'any', client: null, timeoutMs: 1000 });

test('an offline station examines a KMIP server before it is in force, and reaches it meanwhile only', async () => {
  const seen: Awaited<ReturnType<typeof endpoints>>[] = [];
  let app: TestApp | null = null;
  const server = await fakeKmip({
    before(operation) {
      if (operation === 'query' && app !== null) void endpoints(app).then((now) => seen.push(now));
      return null;
    },
  });
  app = await station();
  const id = await pending(app, 'One', server.settings());
  expect(await endpoints(app)).toEqual([]);
  await expect(dialled(app, server.port)).rejects.toMatchObject({ code: 'OFFLINE' });
  expect((await app.ended((await app.call('signers.examine', { id })).job)).error).toBeNull();
  const report = await app.call('signers.report', { id });
  expect(report?.lines.filter(({ state }) => state !== 'good').map(({ code }) => code)).toEqual(['trust']);
  expect(seen[0]).toEqual([{ address: '127.0.0.1', port: server.port, examined: true }]);
  expect(await endpoints(app)).toEqual([]);
  await expect(dialled(app, server.port)).rejects.toMatchObject({ code: 'OFFLINE' });
});

test('one address at a time is examined, and none beside the one in force', async () => {
  const [inForce, silent] = [await fakeKmip(), await fakeKmip({ before: () => 'silent' })];
  const app = await station();
  const two = await pending(app, 'Two', silent.settings());
  const three = await pending(app, 'Three', { ...silent.settings(), port: 9 });
  const examining = await app.call('signers.examine', { id: two });
  await expect(app.call('signers.examine', { id: three })).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
    message: 'An offline station examines one server at a time. Wait for the end of the other examination.',
  });
  expect(await endpoints(app)).toEqual([{ address: '127.0.0.1', port: silent.port, examined: true }]);
  await app.call('signers.discard', { revision: (await app.call('signers.list', {})).pending.revision });
  const one = await pending(app, 'One', inForce.settings());
  const apply = async () =>
    app.call('signers.apply', { revision: (await app.call('signers.list', {})).pending.revision });
  const roles = { defaultSigner: 'software', oneOffSigner: null };
  await app.call('signers.setRoles', {
    revision: (await app.call('signers.list', {})).pending.revision,
    ...roles,
  });
  await apply();
  // Another was applied meanwhile: that one alone is reached.
  expect(await endpoints(app)).toEqual([{ address: '127.0.0.1', port: inForce.port, examined: false }]);
  await expect(dialled(app, silent.port)).rejects.toMatchObject({ code: 'OFFLINE' });
  (await dialled(app, inForce.port)).close();
  await app.call('jobs.cancel', { id: examining.job });
  await app.ended(examining.job);
  const { revision } = (await app.call('signers.list', {})).pending;
  const moved = { name: 'One', settings: silent.settings(), secret: { do: 'keep' as const } };
  await app.call('signers.save', { revision, id: one, ...moved });
  await expect(app.call('signers.examine', { id: one })).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
    message: expect.stringMatching(/^An offline station reaches one server, and One is in force/) as string,
  });
});
