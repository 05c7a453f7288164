/** One HTTP request over a connection of its own: a cap on the answer, no redirects, nothing kept open, nothing tried twice. */
import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../../../lib/app-error.ts';
import type { Net, NetRequest } from '../../../ports.ts';
import { connect, look, type Target, targetOf } from './connect.ts';
import { startDeadline } from './deadline.ts';
import { netFault } from './net-fault.ts';

const MOST_HEADER_BYTES = 16_384;

/** Sends the request; resolves with the head of the answer. */
function headOf(
  socket: Socket,
  target: Target,
  { method, headers, body }: NetRequest,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = httpRequest({
    createConnection: () => socket,
    method,
    path: target.path,
    headers: {
      ...headers,
      host: target.authority,
      ...(body === undefined ? {} : { 'content-length': body.length }),
    },
    maxHeaderSize: MOST_HEADER_BYTES,
  });
  outgoing.on('response', resolve);
  // It stays: the answer's own errors are told where it is read.
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}

function bodyOf(incoming: IncomingMessage, where: string, maxBytes: number): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const chunks: Buffer[] = [];
  let size = 0;
  const refuse = (): void =>
    reject(
      new AppError(
        'TOO_LARGE',
        `${where} answers with more than ${maxBytes} octets; it was not read to its end.`,
      ),
    );
  incoming.on('error', reject);
  incoming.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) refuse();
  else
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) refuse();
      else chunks.push(chunk);
    });
  return promise;
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  const named: [string, string][] = [];
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) named.push([name, Array.isArray(value) ? value.join(', ') : value]);
  return Object.fromEntries(named);
}

export const request: Net['request'] = async (asked) => {
  const target = targetOf(asked);
  const deadline = startDeadline(target.where, asked.timeoutMs, asked.signal);
  let socket: Socket | null = null;
  try {
    const open = await connect(target, asked, deadline);
    socket = open.socket;
    const incoming = await deadline.wait(headOf(socket, target, asked));
    return {
      status: incoming.statusCode ?? 0,
      headers: headersOf(incoming),
      body: await deadline.wait(bodyOf(incoming, target.where, asked.maxBytes)),
      peer: open.peer,
    };
  } catch (error) {
    throw netFault(error, target.where);
  } finally {
    deadline.end();
    socket?.destroy();
  }
};

export const peek: Net['peek'] = async (url, { timeoutMs, signal }) => {
  const target = targetOf({ url });
  if (target.kind !== 'https')
    throw new AppError('INVALID_INPUT', 'Only https servers show a certificate: mend the address.');
  const deadline = startDeadline(target.where, timeoutMs, signal);
  try {
    return await look(target, deadline);
  } catch (error) {
    throw netFault(error, target.where);
  } finally {
    deadline.end();
  }
};
