/**
 * An HTTP server with limits on everything a stranger can make large or slow. What is answered is the handler's; who may
 * ask how often is too.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { AppError } from '../../../lib/app-error.ts';
import type { Net, NetHandler, NetListen, NetReply } from '../../../ports.ts';
import { listenFault } from './net-fault.ts';

const MOST_CONNECTIONS = 64;
const LIMITS: ServerOptions = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  // With the body.
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 5_000,
};
const TLS_HANDSHAKE_MS = 10_000;
/** A connection on which nothing moves, for example one whose caller does not read. */
const IDLE_MS = 120_000;

function textReply(status: number, sentence: string): NetReply {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: Buffer.from(`${sentence}\n`),
  };
}

const TOO_LARGE = textReply(413, 'The message is too large.');
const FAILED = textReply(500, 'The server failed; nothing is said about it here.');

/** null: larger than allowed, and not read to its end. Rejects when the caller went away. */
function bodyOf(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array | null> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | null>();
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) {
      incoming.pause();
      resolve(null);
    } else chunks.push(chunk);
  });
  incoming.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
  incoming.on('error', reject);
  return promise;
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

/** The handler's answer, or what is said in its place. null: the caller is gone. */
async function replyTo(
  incoming: IncomingMessage,
  maxBodyBytes: number,
  handler: NetHandler,
): Promise<NetReply | null> {
  let body: Uint8Array | null;
  try {
    body = await bodyOf(incoming, maxBodyBytes);
  } catch {
    // The caller broke off: nobody is there to be told.
    return null;
  }
  if (body === null) return TOO_LARGE;
  try {
    return await handler({
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: headersOf(incoming),
      body,
      client: incoming.socket.remoteAddress ?? '',
    });
  } catch {
    // SECURITY: why it failed is not for a stranger. The gate has written it to the log.
    return FAILED;
  }
}

function send(outgoing: ServerResponse, { status, headers, body }: NetReply, last: boolean): void {
  outgoing.writeHead(status, {
    ...headers,
    'content-length': body?.length ?? 0,
    ...(last ? { connection: 'close' } : {}),
  });
  outgoing.end(body);
}

function listenerOf({ maxBodyBytes }: NetListen, handler: NetHandler, expected: boolean): RequestListener {
  return (incoming, outgoing) => {
    // A caller that goes away while it is answered is no failure of ours.
    outgoing.on('error', () => undefined);
    if (Number(incoming.headers['content-length'] ?? 0) > maxBodyBytes)
      return send(outgoing, TOO_LARGE, true);
    if (expected) outgoing.writeContinue();
    void replyTo(incoming, maxBodyBytes, handler).then((reply) => {
      if (reply === null || outgoing.destroyed) return;
      send(outgoing, reply, reply === TOO_LARGE);
    });
  };
}

function serverOf(options: NetListen, handler: NetHandler): Server {
  const answer = listenerOf(options, handler, false);
  const server =
    options.tls === null
      ? createServer(LIMITS, answer)
      : createTlsServer(
          {
            ...LIMITS,
            handshakeTimeout: TLS_HANDSHAKE_MS,
            minVersion: 'TLSv1.2',
            key: options.tls.keyPem,
            cert: options.tls.certPem,
          },
          answer,
        );
  server.on('checkContinue', listenerOf(options, handler, true));
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = IDLE_MS;
  return server;
}

export const listen: Net['listen'] = async (options, handler) => {
  const { host, port } = options;
  // SECURITY: an empty or unknown host would be every address of the machine.
  if (isIP(host) === 0)
    throw new AppError(
      'INVALID_INPUT',
      'A listener needs an address of this machine, for example 127.0.0.1.',
    );
  try {
    const server = serverOf(options, handler);
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      // Neither server nor callers keep the process from ending.
      socket.unref();
      socket.once('close', () => sockets.delete(socket));
    });
    server.unref();
    server.once('close', () => options.ended?.());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, resolve);
    await promise;
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the listener has no port');
    let closed: Promise<void> | null = null;
    return {
      port: address.port,
      isOpen: () => server.listening,
      close: () =>
        (closed ??= new Promise((done) => {
          server.close(() => done());
          for (const socket of sockets) socket.destroy();
        })),
    };
  } catch (error) {
    throw listenFault(error, host, port);
  }
};
