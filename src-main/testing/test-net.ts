/** The real Net port with loopback servers that end with the test file's `endServers`, and a port for tests without a network. Not shipped. */
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Listener, Net, NetAnswer, NetHandler, NetListen, NetRequest } from '../ports.ts';
import { nodeNet } from '../shell/node/net/net.ts';

export { nodeNet } from '../shell/node/net/net.ts';

const ending: (() => unknown)[] = [];

/** For `afterEach`. */
export async function endServers(): Promise<void> {
  for (const end of ending.splice(0)) await end();
}

/** `end` is called by `endServers`. */
export function endLater(end: () => unknown): void {
  ending.push(end);
}

/** A listener of ours on a loopback address, with its address. */
export async function serve(
  options: Partial<NetListen>,
  handler: NetHandler,
): Promise<Listener & { url: string }> {
  const listener = await nodeNet.listen(
    { host: '127.0.0.1', port: 0, tls: null, maxBodyBytes: 1000, ...options },
    handler,
  );
  endLater(listener.close);
  const scheme = options.tls ? 'https' : 'http';
  return { ...listener, url: `${scheme}://127.0.0.1:${listener.port}/` };
}

/** A GET with small limits. */
export function ask(url: string, more: Partial<NetRequest> = {}): Promise<NetAnswer> {
  return nodeNet.request({
    method: 'GET',
    url,
    trust: 'system',
    timeoutMs: 10_000,
    maxBytes: 1000,
    ...more,
  });
}

/** A server that need not keep to HTTP; answers its port. */
export async function serveRaw(server: Server, each: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    each(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endLater(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** For tests of what has no business with the network. */
export const noNet: Net = {
  request: async ({ url }) => refuse(url),
  peek: async (url) => refuse(url),
  listen: async ({ host }) => refuse(host),
  dial: async ({ host }) => refuse(host),
};

function refuse(where: string): never {
  throw new Error(`this test has no network, and something asked for ${where}`);
}
