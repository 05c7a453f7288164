import { Server, Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Net, NetDial, NetListen, NetRequest, NetStream } from '../ports.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { nodeNet } from '../testing/test-net.ts';
import { softwareOnly, testLog } from '../testing/test-ports.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';
import { AppError } from './app-error.ts';
import { createNetGate, type Station } from './net-gate.ts';

const LISTEN: NetListen = { host: '127.0.0.1', port: 0, tls: null, maxBodyBytes: 1000 };
const askOf = (url: string): NetRequest => ({
  method: 'GET',
  url,
  trust: 'system',
  timeoutMs: 10_000,
  maxBytes: 1000,
});

const dialOf = (host: string, port: number): NetDial => ({
  host,
  port,
  trust: 'any',
  client: null,
  timeoutMs: 1000,
});

let app: TestApp | null = null;
afterEach(async () => {
  vi.restoreAllMocks();
  await app?.remove();
  app = null;
});

/** Every way in which this process can open a socket, counted below all libraries. */
function countSockets() {
  return [vi.spyOn(Socket.prototype, 'connect'), vi.spyOn(Server.prototype, 'listen')];
}

/** One call of each function, each with what it came to. */
async function tryAll(net: Net, url: string): Promise<string[]> {
  const all = [
    net.request(askOf(url)),
    net.request(askOf('unix:///run/krill/krill.sock')),
    net.request(askOf('http://name.invalid/')),
    net.peek('https://127.0.0.1:1/', { timeoutMs: 1000 }),
    net.dial(dialOf('127.0.0.1', 1)),
    net.dial(dialOf('name.invalid', 5696)),
    net.listen(LISTEN, async () => ({ status: 200 })).then((listener) => listener.close()),
  ];
  return (await Promise.allSettled(all)).map((one) =>
    one.status === 'fulfilled' ? 'done' : String((one.reason as { code?: string }).code),
  );
}

describe('the application', () => {
  test(
    'opens no socket in an offline workspace, open or locked, and none without a workspace',
    { timeout: 20_000 },
    async () => {
      app = await testApp();
      const counts = countSockets();
      expect(await tryAll(app.net, 'http://127.0.0.1:1/')).toEqual(Array(7).fill('NO_WORKSPACE'));
      await app.create('offline');
      expect(await tryAll(app.net, 'http://127.0.0.1:1/')).toEqual(Array(7).fill('OFFLINE'));
      await app.call('workspace.lock', {});
      expect(await tryAll(app.net, 'http://127.0.0.1:1/')).toEqual(Array(7).fill('OFFLINE'));
      await app.call('workspace.unlock', { passphrase: PASSPHRASE });
      expect(await tryAll(app.net, 'http://127.0.0.1:1/')).toEqual(Array(7).fill('OFFLINE'));
      for (const count of counts) expect(count).not.toHaveBeenCalled();
    },
  );

  test('works with a loopback server in an online one, until it is locked', { timeout: 20_000 }, async () => {
    app = await testApp();
    await app.create('online');
    const counts = countSockets();
    const server = await app.net.listen(LISTEN, async ({ path }) => ({
      status: 200,
      body: Buffer.from(path),
    }));
    const url = `http://127.0.0.1:${server.port}/`;
    expect(Buffer.from((await app.net.request(askOf(`${url}there`))).body).toString()).toBe('/there');
    // The counting itself works.
    for (const count of counts) expect(count).toHaveBeenCalledOnce();
    await app.call('workspace.lock', {});
    expect(await tryAll(app.net, url)).toEqual(Array(7).fill('LOCKED'));
    await expect(nodeNet.request(askOf(url))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    expect((await tryAll(app.net, url)).at(-1)).toBe('done');
  });

  test.each(['lock', 'close', 'create'] as const)(
    'ends open requests and listeners at workspace.%s',
    { timeout: 20_000 },
    async (end) => {
      app = await testApp();
      await app.create('online');
      const asked = Promise.withResolvers<void>();
      const server = await app.net.listen(LISTEN, () => {
        asked.resolve();
        return new Promise(() => undefined);
      });
      const url = `http://127.0.0.1:${server.port}/`;
      const refused = expect(app.net.request(askOf(url))).rejects.toMatchObject({ code: 'LOCKED' });
      await asked.promise;
      await (end === 'create' ? app.create('offline', 'Other') : app.call(`workspace.${end}`, {}));
      await refused;
      await expect(nodeNet.request(askOf(url))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    },
  );
});

describe('the gate', () => {
  const session = {};
  function gateOn(station: Station | null, port: Partial<Net> = {}) {
    const { log, lines } = testLog();
    const never = async (): Promise<never> => {
      throw new Error('the port was asked');
    };
    const net: Net = { request: never, peek: never, listen: never, dial: never, ...port };
    let current = station;
    const gate = createNetGate({ around: softwareOnly, net, log, station: () => current });
    return { ...gate, lines, become: (next: Station | null) => void (current = next) };
  }

  test('opens nothing more for a session that it ended, before the vault calls it locked', async () => {
    const request = vi.fn(async () => ({ status: 200, headers: {}, body: new Uint8Array(), peer: null }));
    const gate = gateOn({ id: 'one', kind: 'online', session, hsm: [] }, { request });
    expect((await gate.net.request(askOf('http://127.0.0.1/'))).status).toBe(200);
    await gate.shut();
    await expect(gate.net.request(askOf('http://127.0.0.1/'))).rejects.toMatchObject({ code: 'LOCKED' });
    gate.become({ id: 'one', kind: 'online', session: {}, hsm: [] });
    expect((await gate.net.request(askOf('http://127.0.0.1/'))).status).toBe(200);
    expect(request).toHaveBeenCalledTimes(2);
  });

  test('closes a listener that became ready while it was being shut', async () => {
    const bound = Promise.withResolvers<void>();
    const close = vi.fn(async () => undefined);
    const gate = gateOn(
      { id: 'one', kind: 'rehearsal', session, hsm: [] },
      {
        async listen() {
          await bound.promise;
          return { port: 1, isOpen: () => true, close };
        },
      },
    );
    const waiting = gate.net.listen(LISTEN, async () => ({ status: 200 }));
    const refused = expect(waiting).rejects.toMatchObject({ code: 'LOCKED' });
    await gate.shut();
    bound.resolve();
    await refused;
    expect(close).toHaveBeenCalledOnce();
  });

  test('passes the caller’s own signal on', async () => {
    const gate = gateOn(
      { id: 'one', kind: 'online', session, hsm: [] },
      {
        request: ({ signal }) =>
          new Promise((_done, fail) => signal?.addEventListener('abort', () => fail(signal.reason as Error))),
      },
    );
    const abort = new AbortController();
    const waiting = gate.net.request({ ...askOf('http://127.0.0.1/'), signal: abort.signal });
    abort.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
  });

  test('writes to the log why a listener failed to answer, and tells the caller the reference alone', async () => {
    const gate = gateOn({ id: 'one', kind: 'online', session, hsm: [] }, { listen: nodeNet.listen });
    const listener = await gate.net.listen(LISTEN, async () => {
      throw new Error('the inner reason');
    });
    const answer = await nodeNet.request(askOf(`http://127.0.0.1:${listener.port}/`));
    await listener.close();
    const said = Buffer.from(answer.body).toString();
    expect([answer.status, said]).toEqual([500, expect.not.stringContaining('inner')]);
    const ref = /under ([0-9A-F]{8})\./.exec(said)?.[1] ?? 'none';
    expect(gate.lines.filter((line) => line.includes(ref) && line.includes('the inner reason'))).toHaveLength(
      1,
    );
  });

  /** A stream that a test ends. */
  function stream(): NetStream & { closed: ReturnType<typeof vi.fn> } {
    const over = Promise.withResolvers<null>();
    over.promise.catch(() => undefined);
    const closed = vi.fn(() => over.reject(new AppError('UNREACHABLE', 'over')));
    return {
      peer: new Uint8Array(),
      write: async () => undefined,
      read: () => over.promise,
      close: closed,
      closed,
    };
  }

  describe('of an offline station', () => {
    const offline = (hsm: Station['hsm'], unlocked: object | null = {}): Station => ({
      id: 'one',
      kind: 'offline',
      session: unlocked,
      hsm,
    });

    test('lets the one HSM through that is named by address and port, and nothing else', async () => {
      const dial = vi.fn(async () => stream());
      const hsm = { address: '10.0.0.9', port: 5696 };
      const gate = gateOn(offline([hsm]), { dial });
      await gate.net.dial(dialOf('10.0.0.9', 5696));
      expect(dial).toHaveBeenCalledOnce();
      for (const other of [
        dialOf('10.0.0.9', 443),
        dialOf('10.0.0.8', 5696),
        dialOf('hsm.example', 5696),
        dialOf('010.0.0.9', 5696),
      ])
        await expect(gate.net.dial(other)).rejects.toMatchObject({ code: 'OFFLINE' });
      // The same endpoint is no way for anything but a dialled stream.
      await expect(gate.net.request(askOf('https://10.0.0.9:5696/'))).rejects.toMatchObject({
        code: 'OFFLINE',
      });
      await expect(gate.net.peek('https://10.0.0.9:5696/', { timeoutMs: 1000 })).rejects.toMatchObject({
        code: 'OFFLINE',
      });
      await expect(gate.net.listen(LISTEN, async () => ({ status: 200 }))).rejects.toMatchObject({
        code: 'OFFLINE',
      });
      gate.become(offline([{ address: 'fd00::9', port: 5696 }]));
      await gate.net.dial(dialOf('fd00::9', 5696));
      expect(dial).toHaveBeenCalledTimes(2);
    });

    test('lets nobody through while none is named, while one is named by name, and while it is locked', async () => {
      const hsm = { address: '10.0.0.9', port: 5696 };
      const gate = gateOn(offline([]));
      await expect(gate.net.dial(dialOf('10.0.0.9', 5696))).rejects.toMatchObject({ code: 'OFFLINE' });
      gate.become(offline([{ address: 'hsm.example', port: 5696 }]));
      await expect(gate.net.dial(dialOf('hsm.example', 5696))).rejects.toMatchObject({ code: 'OFFLINE' });
      gate.become(offline([hsm], null));
      await expect(gate.net.dial(dialOf('10.0.0.9', 5696))).rejects.toMatchObject({ code: 'LOCKED' });
    });
  });

  test('ends a dialled stream when it is shut, and one that became ready meanwhile', async () => {
    const [one, late] = [stream(), stream()];
    const waiting = Promise.withResolvers<NetStream>();
    const dial = vi.fn<Net['dial']>().mockResolvedValueOnce(one).mockReturnValueOnce(waiting.promise);
    const gate = gateOn({ id: 'one', kind: 'online', session, hsm: [] }, { dial });
    const open = await gate.net.dial(dialOf('127.0.0.1', 1));
    const reading = expect(open.read()).rejects.toMatchObject({ code: 'LOCKED' });
    const refused = expect(gate.net.dial(dialOf('127.0.0.1', 1))).rejects.toMatchObject({ code: 'LOCKED' });
    await gate.shut();
    waiting.resolve(late);
    await Promise.all([reading, refused]);
    expect(one.closed).toHaveBeenCalledOnce();
    expect(late.closed).toHaveBeenCalledOnce();
  });
});
