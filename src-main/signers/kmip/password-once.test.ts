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
  /** `wrong`: the password that it does not take; null: it takes each that the server takes. */
  const counter: { sent: number; wrong: string | null } = { sent: 0, wrong: WRONG };
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
        if (counter.wrong === null || !one.includes(counter.wrong)) {
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

type Signer = ReturnType<typeof signerAt>;

/** A signer without a store; `sealed` null: nothing is kept. */
function signerAt(port: number, sealed: string | null) {
  const clock = testClock();
  const runs: string[] = [];
  const session = {
    open: (_id: string, bytes: Uint8Array) => Uint8Array.from(bytes),
    store: { run: async (name: string) => void runs.push(name) },
  } as unknown as Session;
  const prompts = createPrompts({ clock, random: testRandom, changed: () => undefined });
  const settings = settingsFor(port);
  const signer = () => ({ id: 's1', name: 'One', kind: 'kmip', settings });
  const pins = createPins({
    ...{ clock, random: testRandom, session, prompts, signer, book: createPinBook([]) },
    sealed: sealed === null ? null : new Uint8Array(Buffer.from(sealed)),
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
  /** So long the background tries. */
  async function wait() {
    for (let turn = 0; turn < 20; turn += 1) {
      clock.advance(15_000);
      await new Promise((done) => setTimeout(done, 10));
    }
  }
  /** Its state in the end, while the background tries. */
  async function ends(state: string): Promise<void> {
    const waited = async () => {
      await wait();
      return contact.status().state;
    };
    await expect.poll(waited, { timeout: 30_000 }).toBe(state);
  }
  return { clock, runs, prompts, pins, contact, managed, wait, ends };
}

/** With the right password, typed once. */
async function logIn({ list, answer }: Signer['prompts'], managed: Signer['managed']): Promise<void> {
  const login = managed.withDevice({ repeat: true }, async () => 1);
  await expect.poll(() => list().length, { timeout: 20_000 }).toBe(1);
  await answer(list()[0]?.id ?? '', { pin: new Uint8Array(Buffer.from('right')), keep: 'no' });
  await login;
}

test.each<[End, string]>([
  ['reset', 'login-needed'],
  ['close', 'login-needed'],
  ['junk', 'unusable'],
])('%s after the password: it is sent once, marked, and a person is needed', async (how, state) => {
  const { counter, port } = await hangingUp(how);
  const { runs, prompts, pins, contact, managed, wait } = signerAt(port, WRONG);
  await expect(managed.withDevice({ repeat: true }, async () => 1)).rejects.toThrow(/./);
  expect(contact.status().state).toBe(state);
  await wait();
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

test.each<[End, number]>([
  // What was under way; where it may only have been idle, once more on a new connection; and once at the next contact.
  ['reset', 2],
  ['close', 3],
])(
  'changed at the server after it was taken, which answers by %s: a use sends it %i times at most, and it is marked then',
  async (how, most) => {
    const { counter, port } = await hangingUp(how);
    counter.wrong = null;
    const { prompts, pins, contact, managed, wait, ends } = signerAt(port, 'right');
    await managed.withDevice({ repeat: true }, async () => 1);
    expect(contact.status().state).toBe('ready');
    counter.wrong = 'right';
    const uses = Array.from({ length: 4 }, () =>
      managed.withDevice({ repeat: true }, (device) => device.list()).catch((error: unknown) => error),
    );
    await ends('login-needed');
    for (const one of uses) expect(await one).toBeInstanceOf(Error);
    // Those that were under way at once each sent it already.
    expect(counter.sent).toBeLessThanOrEqual(most + 3);
    const sent = counter.sent;
    expect(pins.refusals()).toEqual([expect.objectContaining({ unanswered: true })]);
    await wait();
    const asking = managed.withDevice({ force: true }, async () => 1).catch(() => undefined);
    await expect.poll(() => prompts.list().length, { timeout: 20_000 }).toBe(1);
    prompts.clear();
    await asking;
    expect(counter.sent).toBe(sent);
  },
);

test('one use alone sends a password that was changed meanwhile twice, also one that was typed once', async () => {
  const { counter, port } = await hangingUp('reset');
  counter.wrong = null;
  const { prompts, managed, wait, ends } = signerAt(port, null);
  await logIn(prompts, managed);
  counter.wrong = 'right';
  const use = managed
    .withDevice({ repeat: true }, (device) => device.list())
    .catch((error: unknown) => error);
  await ends('login-needed');
  await use;
  await wait();
  expect(counter.sent).toBe(2);
});

test('a connection that is reset once costs nothing: the signer goes on without a person', async () => {
  const { counter, port } = await hangingUp('reset');
  counter.wrong = null;
  const { prompts, pins, managed, ends } = signerAt(port, null);
  await logIn(prompts, managed);
  counter.wrong = 'right';
  const use = managed.withDevice({ repeat: true }, (device) => device.list());
  await expect.poll(() => counter.sent, { timeout: 20_000 }).toBe(1);
  counter.wrong = null;
  await ends('ready');
  expect(await use).toBeInstanceOf(Array);
  expect(prompts.list()).toEqual([]);
  expect(pins.refusals()).toEqual([]);
});
