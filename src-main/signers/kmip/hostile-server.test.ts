/** What a server says more than it was asked for. */
import { afterEach, expect, test } from 'vitest';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { kmipDevice, typing } from '../../testing/kmip-device.ts';
import { addSigner } from '../../testing/real-signers.ts';
import { testApp } from '../../testing/test-app.ts';
import { endLater, endServers } from '../../testing/test-net.ts';
import { testClock } from '../../testing/test-ports.ts';
import { enumeration, integer, structure, text } from './items.ts';
import { versionItem } from './message.ts';
import { OPERATION, type OperationName, TAG } from './names.ts';
import { encodeTtlv, type TtlvItem } from './ttlv.ts';

const signal = new AbortController().signal;
afterEach(endServers);

function answer(operation: OperationName, items: TtlvItem[]): Uint8Array {
  return encodeTtlv(
    structure(TAG.responseMessage, [
      structure(TAG.responseHeader, [versionItem({ major: 1, minor: 4 }), integer(TAG.batchCount, 1)]),
      structure(TAG.batchItem, [enumeration(TAG.operation, OPERATION[operation]), ...items]),
    ]),
  );
}

const PASSWORD = 'canary-4711-secret';
const refusal = (operation: OperationName) =>
  answer(operation, [
    enumeration(TAG.resultStatus, 1),
    enumeration(TAG.resultReason, 3),
    text(TAG.resultMessage, `bind failed for u with password "${PASSWORD}"`),
  ]);

test('a password that the server repeats is neither shown nor in the report', async () => {
  const server = await fakeKmip({
    password: { username: 'u', password: 'another' },
    before: (operation, withPassword) => (withPassword ? refusal(operation) : null),
  });
  const app = await testApp({ live: true });
  endLater(() => app.remove());
  await app.create();
  const id = await addSigner(app, 'K', server.settings({ username: 'u' }), PASSWORD);
  await app.ended((await app.call('signers.examine', { id })).job);
  const report = await app.call('signers.report', { id });
  const list = await app.call('signers.list', {});
  expect(server.passwords).toContain(PASSWORD);
  expect(JSON.stringify([report, list, app.events, app.lines])).not.toContain(PASSWORD);
  expect(JSON.stringify(report)).toContain('with password');
});

test('a password in the name of the vendor and of a key is not shown', async () => {
  const server = await fakeKmip({
    before: (operation) =>
      operation === 'query'
        ? answer('query', [
            enumeration(TAG.resultStatus, 0),
            structure(TAG.responsePayload, [text(TAG.vendorIdentification, `made by ${PASSWORD}`)]),
          ])
        : null,
  });
  const device = kmipDevice(server.settings({ username: 'u', force: true }), { person: typing(PASSWORD) });
  expect((await device.open(signal)).manufacturer).toBe('made by ***');
  await device.create({ algorithm: 'p-256', label: '' });
  for (const object of server.objects.values()) object.name = PASSWORD;
  expect((await device.list()).map(({ label }) => label)).toEqual(['***']);
});

test('more objects than were asked for are not looked at', async () => {
  let asked = 0;
  const server = await fakeKmip({
    before: (operation) => {
      if (operation === 'getAttributes' || operation === 'get') asked += 1;
      return operation === 'locate'
        ? answer('locate', [
            enumeration(TAG.resultStatus, 0),
            structure(
              TAG.responsePayload,
              Array.from({ length: 1001 }, (_, at) => text(TAG.uniqueIdentifier, `object-${at}`)),
            ),
          ])
        : null;
    },
  });
  const device = kmipDevice(server.settings());
  await device.open(signal);
  const { spkiDer } = await device.create({ algorithm: 'p-256', label: '' });
  asked = 0;
  const refused = { trouble: 'refused', code: 'TOO_MANY_OBJECTS', message: expect.stringMatching(/\.$/) };
  await expect(device.list()).rejects.toMatchObject(refused);
  await expect(device.find(spkiDer)).rejects.toMatchObject(refused);
  expect(asked).toBe(0);
});

test.each(['list', 'find'] as const)('%s is cancelled, and ends in time by itself', async (what) => {
  let slow = false;
  const server = await fakeKmip({
    before: (operation) => (slow && operation !== 'locate' ? 'silent' : null),
  });
  const clock = testClock();
  const device = kmipDevice(server.settings({ readTimeoutSeconds: 0 }), { clock });
  await device.open(signal);
  const { spkiDer } = await device.create({ algorithm: 'p-256', label: '' });
  slow = true;
  const run = (until?: AbortSignal) => (what === 'list' ? device.list(until) : device.find(spkiDer, until));
  const asked = (): number => server.asked.filter((line) => !line.endsWith('locate')).length;
  const cancel = new AbortController();
  let before = asked();
  const cancelled = expect(run(cancel.signal)).rejects.toMatchObject({ trouble: 'cancelled' });
  await expect.poll(asked).toBeGreaterThan(before);
  cancel.abort();
  await cancelled;
  before = asked();
  const late = expect(run()).rejects.toMatchObject({ code: 'READ_TIMEOUT', message: /within 5 minutes/ });
  await expect.poll(asked).toBeGreaterThan(before);
  clock.advance(300_000);
  await late;
});

test('a limit of zero is ten minutes for an answer', async () => {
  let silent = false;
  const server = await fakeKmip({ before: () => (silent ? 'silent' : null) });
  const clock = testClock();
  const device = kmipDevice(server.settings({ readTimeoutSeconds: 0, maxIdleSeconds: 0 }), { clock });
  await device.open(signal);
  silent = true;
  const before = server.asked.length;
  let ended = false;
  const signing = expect(
    device.sign(Buffer.from('1:2'), 'p-256', Buffer.from('x')).finally(() => (ended = true)),
  ).rejects.toMatchObject({ code: 'READ_TIMEOUT' });
  await expect.poll(() => server.asked.length).toBeGreaterThan(before);
  clock.advance(599_000);
  await new Promise((done) => setTimeout(done, 20));
  expect(ended).toBe(false);
  clock.advance(1_000);
  await signing;
});
