/** A KMIP server gives its identifiers again: the sweep destroys what is surely the key that was begun, and nothing else. */
import { afterEach, expect, test } from 'vitest';
import type { KmipSettings } from '#shared/contract/signer-settings.ts';
import { type FakeKmip, fakeKmip } from '../../testing/fake-kmip.ts';
import { kmipDevice } from '../../testing/kmip-device.ts';
import { addSigner } from '../../testing/real-signers.ts';
import { testApp } from '../../testing/test-app.ts';
import { endLater, endServers } from '../../testing/test-net.ts';
import { PASSPHRASE } from '../../testing/test-workspace.ts';

const signal = new AbortController().signal;
afterEach(endServers);

async function opened(server: FakeKmip, more: Partial<KmipSettings> = {}) {
  const app = await testApp({ live: true });
  endLater(() => app.remove());
  await app.create();
  const id = await addSigner(app, 'KMIP', server.settings(more), null);
  const login = async () => app.ended((await app.call('signers.login', { id })).job);
  await login();
  return {
    ...{ app, id, login },
    newKey: async () =>
      app.ended((await app.call('keys.create', { algorithm: 'p-256', label: 'one', signer: id })).job),
    async relock(): Promise<void> {
      await app.call('workspace.lock', {});
      await app.call('workspace.unlock', { passphrase: PASSPHRASE });
      await login();
    },
    unfinished: async () =>
      (await app.call('signers.list', {})).rows.find((row) => row.id === id)?.unfinished ?? [],
    deviceKeys: async () => (await app.deviceKeys(id)).keys,
    adopt: async (spkiSha256: string | null | undefined) =>
      app.ended((await app.call('signers.adopt', { id, spkiSha256: spkiSha256 ?? '', label: 'mine' })).job),
    swept: async () =>
      (await app.call('audit.list', { action: 'signers.keySwept', limit: 10 })).rows.map(
        (row) => row.summary,
      ),
  };
}

/** A server, and a switch for one operation that it drops. */
async function dropping(operation: string): Promise<{ server: FakeKmip; drop(on: boolean): void }> {
  let on = false;
  const server = await fakeKmip({ before: (asked) => (on && asked === operation ? 'drop' : null) });
  return { server, drop: (next) => void (on = next) };
}

/** The server goes on with what nobody waited for. */
async function finishesLate(server: FakeKmip, identifier: string | undefined): Promise<void> {
  const other = await fakeKmip();
  const theirs = kmipDevice(other.settings());
  await theirs.open(signal);
  for (let made = 0; made < 4; made += 1) await theirs.create({ algorithm: 'p-256', label: '' });
  for (const [id, object] of [...other.objects].slice(-2))
    server.objects.set(id, { ...object, name: `${identifier}${object.type === 4 ? '_priv' : '_pub'}` });
}

test('a key that the doctor left on another server: the same identifiers of a stranger are not touched', async () => {
  const a = await fakeKmip();
  const krill = kmipDevice(a.settings());
  await krill.open(signal);
  await krill.create({ algorithm: 'p-256', label: '' });
  let down = false;
  const b = await fakeKmip({
    before: (asked) => (down && (asked === 'revoke' || asked === 'destroy') ? 'drop' : null),
  });
  const { app, id, relock, unfinished, swept } = await opened(a);
  const { revision } = (await app.call('signers.list', {})).pending;
  const pending = { name: 'KMIP', settings: b.settings(), secret: { do: 'keep' as const } };
  await app.call('signers.save', { revision, id, ...pending });
  down = true;
  await app.ended((await app.call('signers.examine', { id })).job);
  expect((await unfinished())[0]?.identifier).toBe('object-1:object-2');
  const before = [...a.objects.keys()];
  await relock();
  expect([...a.objects.keys()]).toEqual(before);
  expect(await swept()).toEqual([]);
  const [row, ...others] = await unfinished();
  expect(row?.text).toMatch(/^Another key answers to its name.*forget it here\.$/);
  const forget = () => app.call('signers.forgetUnfinished', { id, key: row?.id ?? '' });
  await forget();
  expect(await unfinished()).toEqual(others);
  await expect(forget()).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a key that appears late is not taken in while it is to be destroyed; forgotten, it is, and stays', async () => {
  const { server, drop } = await dropping('createKeyPair');
  const { app, id, newKey, login, relock, unfinished, deviceKeys, adopt } = await opened(server);
  drop(true);
  expect((await newKey()).state).toBe('failed');
  drop(false);
  await login();
  const [row] = await unfinished();
  expect(row?.text).toMatch(/^The device may make it until \d\d:\d\d UTC/);
  await finishesLate(server, row?.identifier);
  const late = (await deviceKeys()).find(({ label }) => label.startsWith('krill_new_key'));
  expect(late?.adoptable).toBe(false);
  expect((await adopt(late?.spkiSha256)).error).toMatchObject({ code: 'POLICY_REFUSED' });
  await app.call('signers.forgetUnfinished', { id, key: row?.id ?? '' });
  for (const object of server.objects.values()) object.state = 2;
  expect((await adopt(late?.spkiSha256)).state).toBe('done');
  const before = [...server.objects.keys()];
  await relock();
  expect([...server.objects.keys()]).toEqual(before);
});

test('a key of the workspace is not destroyed under the name that it was begun with', async () => {
  const { server, drop } = await dropping('createKeyPair');
  const { app, newKey, login, unfinished } = await opened(server);
  drop(true);
  await newKey();
  drop(false);
  await login();
  expect((await newKey()).state).toBe('done');
  const [row] = await unfinished();
  // What the workspace keeps shows the first name again.
  for (const object of [...server.objects.values()].slice(-2))
    object.name = `${row?.identifier}${object.type === 4 ? '_priv' : '_pub'}`;
  const before = [...server.objects.keys()];
  await login();
  expect([...server.objects.keys()]).toEqual(before);
  expect((await app.call('keys.list', {})).rows).toHaveLength(1);
  expect((await unfinished())[0]?.text).toMatch(/^Another key answers/);
});

test('what may appear later is looked for after a restart as well, and then destroyed', async () => {
  const { server, drop } = await dropping('createKeyPair');
  const { newKey, relock, unfinished, swept } = await opened(server);
  drop(true);
  await newKey();
  drop(false);
  await relock();
  expect(await swept()).toEqual([]);
  const [row] = await unfinished();
  await finishesLate(server, row?.identifier);
  expect(server.objects.size).toBe(4);
  await relock();
  expect(server.objects.size).toBe(2);
  expect(await unfinished()).toEqual([]);
  expect(await swept()).toEqual([expect.stringMatching(/was destroyed there$/)]);
});

test('a refused creation on a server without Locate leaves nothing on the list', async () => {
  let bad = false;
  const server = await fakeKmip({
    before: (asked) => (bad && asked === 'createKeyPair' ? 11 : bad && asked === 'locate' ? 5 : null),
  });
  const { newKey, unfinished } = await opened(server);
  bad = true;
  expect((await newKey()).state).toBe('failed');
  bad = false;
  expect(await unfinished()).toEqual([]);
});

test('a pair that was left behind is destroyed by its public key', async () => {
  let bad = false;
  const server = await fakeKmip({
    before: (asked) => (bad && (asked === 'activate' || asked === 'destroy') ? 'drop' : null),
  });
  const { newKey, login, unfinished, swept } = await opened(server);
  bad = true;
  expect((await newKey()).error?.message).toMatch(/^The key was not finished/);
  bad = false;
  expect(await unfinished()).toMatchObject([{ identifier: 'object-3:object-4' }]);
  await login();
  expect([...server.objects.keys()]).toEqual(['object-1', 'object-2']);
  expect(await unfinished()).toEqual([]);
  expect(await swept()).toHaveLength(1);
});
