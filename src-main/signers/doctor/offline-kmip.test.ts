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

const applied = async (app: TestApp): Promise<void> => {
  const revision = async () => (await app.call('signers.list', {})).pending.revision;
  const roles = { defaultSigner: 'software', oneOffSigner: null };
  await app.call('signers.setRoles', { revision: await revision(), ...roles });
  await app.call('signers.apply', { revision: await revision() });
};

test('while one address is in force, no other is reached: not by the doctor, not by any dial', async () => {
  let met = 0;
  const other = await fakeKmip({
    before() {
      met += 1;
      return null;
    },
  });
  const inForce = await fakeKmip();
  const app = await station();
  const one = await pending(app, 'One', inForce.settings());
  await applied(app);
  const known = [{ address: '127.0.0.1', port: inForce.port, examined: false }];
  const two = await pending(app, 'Two', other.settings());
  await expect(app.call('signers.examine', { id: two })).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
    message: `This offline station reaches 127.0.0.1:${inForce.port} and nothing else while that is in force, so 127.0.0.1:${other.port} is not examined: put it in the place of the one in force and apply that, or discard it.`,
  });
  expect(await endpoints(app)).toEqual(known);
  await expect(dialled(app, other.port)).rejects.toMatchObject({ code: 'OFFLINE' });
  expect((await app.ended((await app.call('signers.examine', { id: one })).job)).error).toBeNull();
  expect(await endpoints(app)).toEqual(known);
  expect(met).toBe(0);
});

test('with none in force two that are pending are not examined, and nothing is applied while one is', async () => {
  const silent = await fakeKmip({ before: () => 'silent' });
  const app = await station();
  const two = await pending(app, 'Two', silent.settings());
  const examining = await app.call('signers.examine', { id: two });
  const revision = async () => (await app.call('signers.list', {})).pending.revision;
  await expect(app.call('signers.apply', { revision: await revision() })).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
    message: 'A server is being examined. Wait for the end of the examination or cancel it, then apply.',
  });
  const three = await pending(app, 'Three', { ...silent.settings(), port: 9 });
  await expect(app.call('signers.examine', { id: three })).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
    message:
      'An offline station may speak with one HSM only. Leave one KMIP server in what is pending, then examine it.',
  });
  await app.call('signers.remove', { revision: await revision(), id: two });
  await expect(app.call('signers.examine', { id: three })).rejects.toMatchObject({
    message: 'An offline station examines one server at a time. Wait for the end of the other examination.',
  });
  expect(await endpoints(app)).toEqual([{ address: '127.0.0.1', port: silent.port, examined: true }]);
  await app.call('jobs.cancel', { id: examining.job });
  await app.ended(examining.job);
  expect(await endpoints(app)).toEqual([]);
  const { rows } = await app.call('audit.list', { action: 'signers.examine' });
  expect(rows.filter(({ summary }) => summary.includes(`Two (127.0.0.1:${silent.port})`))).toHaveLength(1);
});
