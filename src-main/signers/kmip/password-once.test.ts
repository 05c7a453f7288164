/** A server that ends the connection, or talks nonsense, instead of saying that a password is wrong gets it once. */
import type { Socket } from 'node:net';
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { type KmipSettings, kmipSettings } from '#shared/contract/signer-settings.ts';
import type { Session } from '../../store/store-contract.ts';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { kmipDevice, typing } from '../../testing/kmip-device.ts';
import { endServers, serveRaw } from '../../testing/test-net.ts';
import { testClock, testRandom } from '../../testing/test-ports.ts';
import { testTls } from '../../testing/test-tls.ts';
import { createContact } from '../lifecycle/contact.ts';
import { createManagedSigner } from '../lifecycle/managed-signer.ts';
import { createPinBook } from '../lifecycle/pin-book.ts';
import { createPins } from '../lifecycle/pins.ts';
import { createPrompts } from '../lifecycle/prompts.ts';
import { ttlvLength } from './ttlv.ts';

afterEach(endServers);

const WRONG = 'wrongpass';
type End = 'reset' | 'close' | 'junk';

/** Stands before a server, and ends what has the wrong password. */
async function hangingUp(how: End) {
  const counter = { sent: 0 };
  const tls = testTls();
  const fake = await fakeKmip({ password: { username: 'u', password: 'right' } });
  const sockets: Socket[] = [];
  const server = createServer({ key: tls.keyPem, cert: tls.certPem }, (socket: TLSSocket) => {
    const up = connectTls({ host: '127.0.0.1', port: fake.port, rejectUnauthorized: false });
    up.on('error', () => undefined);
    socket.on('error', () => undefined);
    const raw = sockets.at(-1);
    let buffered = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 8 && buffered.length >= ttlvLength(buffered)) {
        const one = buffered.subarray(0, ttlvLength(buffered));
        buffered = buffered.subarray(one.length);
        if (!one.includes(WRONG)) {
          up.write(one);
          continue;
        }
        counter.sent += 1;
        if (how === 'reset') raw?.resetAndDestroy();
        else if (how === 'close') socket.destroy();
        else socket.write('HTTP/1.1 401 Unauthorized\r\n\r\n');
        return;
      }
    });
    up.on('data', (data: Buffer) => socket.write(data));
    socket.on('close', () => up.destroy());
  });
  server.on('connection', (raw: Socket) => void sockets.push(raw));
  server.on('tlsClientError', () => undefined);
  return { counter, port: await serveRaw(server, () => undefined) };
}

const settingsFor = (port: number): KmipSettings =>
  kmipSettings.parse({ kind: 'kmip', host: '127.0.0.1', port, insecure: true, username: 'u' });

test.each<[End, string]>([
  ['reset', 'login-needed'],
  ['close', 'login-needed'],
  ['junk', 'unusable'],
])('%s after the password: it is sent once, marked, and a person is needed', async (how, state) => {
  const { counter, port } = await hangingUp(how);
  const clock = testClock();
  const runs: string[] = [];
  const session = {
    open: (_id: string, sealed: Uint8Array) => Uint8Array.from(sealed),
    store: { run: async (name: string) => void runs.push(name) },
  } as unknown as Session;
  const prompts = createPrompts({ clock, random: testRandom, changed: () => undefined });
  const settings = settingsFor(port);
  const signer = () => ({ id: 's1', name: 'One', kind: 'kmip', settings });
  const pins = createPins({
    ...{ clock, random: testRandom, session, prompts, signer, book: createPinBook([]) },
    sealed: new Uint8Array(Buffer.from(WRONG)),
    kept: () => undefined,
  });
  const contact = createContact({
    ...{ clock, signer, stored: { binding: null, device: null }, pins, prompts },
    make: (_settings, person) => kmipDevice(settings, { person }),
    changed: () => undefined,
    explain: () => null,
    bound: async () => undefined,
    learned: async () => undefined,
    record: async () => undefined,
    log: () => undefined,
  });
  const managed = createManagedSigner({ clock, contact, pins, signer });
  await expect(managed.withDevice({ repeat: true }, async () => 1)).rejects.toThrow(/./);
  expect(contact.status().state).toBe(state);
  for (let turn = 0; turn < 20; turn += 1) {
    clock.advance(15_000);
    await new Promise((done) => setTimeout(done, 10));
  }
  expect(counter.sent).toBe(1);
  expect(runs).toEqual(['signers.sending']);
  expect(pins.refusals()).toEqual([expect.objectContaining({ unanswered: true })]);
  // Who uses it next is asked.
  const asking = managed.withDevice({ force: true }, async () => 1).catch(() => undefined);
  await expect.poll(() => prompts.list().length).toBe(1);
  prompts.clear();
  await asking;
  expect(counter.sent).toBe(1);
});

test('what ended before the password went out says so; so does what failed after it was taken', async () => {
  const { signal } = new AbortController();
  const password = { username: 'u', password: 'right' };
  const away = kmipDevice(settingsFor(1), { person: typing('right') });
  await expect(away.open(signal)).rejects.toMatchObject({ trouble: 'unreachable', pin: 'unsent' });
  const { port } = await hangingUp('reset');
  const reset = kmipDevice(settingsFor(port), { person: typing(WRONG) });
  await expect(reset.open(signal)).rejects.toMatchObject({ trouble: 'unreachable', pin: null });
  const poor = await fakeKmip({ password, announced: ['query', 'discoverVersions'] });
  const lacking = kmipDevice(poor.settings({ username: 'u' }), { person: typing('right') });
  await expect(lacking.open(signal)).rejects.toMatchObject({ code: 'OPERATIONS_MISSING', pin: 'taken' });
});
