/** A TLS connection as a stream of octets, for protocols that are not HTTP. What the octets mean is decided above. */
import type { TLSSocket } from 'node:tls';
import { AppError } from '../../../lib/app-error.ts';
import type { Net, NetStream } from '../../../ports.ts';
import { proven } from './connect.ts';
import { startDeadline } from './deadline.ts';
import { dialFault } from './net-fault.ts';

export const dial: Net['dial'] = async ({ host, port, trust, client, timeoutMs, signal }) => {
  const where = `${host}:${port}`;
  const deadline = startDeadline(where, timeoutMs, signal);
  try {
    const { socket, peer } = await proven({ host, port, where }, trust, { alpn: [], client }, deadline);
    return streamOn(socket, peer, where);
  } catch (error) {
    throw readable(error) ?? dialFault(error, where);
  } finally {
    deadline.end();
  }
};

/** What is wrong with certificate and key of ours before anything is sent: OpenSSL's errors have codes of their own. */
function readable(error: unknown): AppError | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!code.startsWith('ERR_OSSL')) return null;
  return new AppError(
    'INVALID_INPUT',
    'The client certificate and its key cannot be used: choose a pair in PEM form.',
    { library: code },
  );
}

function streamOn(socket: TLSSocket, peer: Uint8Array, where: string): NetStream {
  let failure: unknown = null;
  let ended = false;
  let wake: (() => void) | null = null;
  const writing = new Set<(error: unknown) => void>();
  const woken = (): void => {
    wake?.();
    wake = null;
  };
  socket.setNoDelay(true);
  socket.on('readable', woken);
  socket.on('error', (error) => {
    failure ??= error;
    woken();
  });
  socket.on('end', () => {
    ended = true;
    woken();
  });
  socket.on('close', () => {
    if (!ended) failure ??= over(where);
    // A socket that is destroyed may forget what waits to be written.
    for (const refuse of writing) refuse(dialFault(failure ?? over(where), where));
    woken();
  });

  return {
    peer,
    write(bytes) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (failure !== null || socket.destroyed) reject(dialFault(failure ?? over(where), where));
      else {
        writing.add(reject);
        socket.write(bytes, (error) => {
          writing.delete(reject);
          if (error) reject(dialFault(failure ?? error, where));
          else resolve();
        });
      }
      return promise;
    },
    async read() {
      for (;;) {
        const chunk = socket.read() as Buffer | null;
        if (chunk !== null) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
        if (failure !== null) throw dialFault(failure, where) as Error;
        if (ended) return null;
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
    },
    close() {
      failure ??= over(where);
      socket.destroy();
    },
  };
}

function over(where: string): AppError {
  return new AppError('UNREACHABLE', `The connection to ${where} is closed: try again.`);
}
