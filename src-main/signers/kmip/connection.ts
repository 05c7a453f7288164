/**
 * One TLS connection to a KMIP server: a request goes out, a response of the length that it announces comes in, within
 * limits. A connection that failed is never used again. It knows no operation.
 */
import type { Clock, NetStream } from '../../ports.ts';
import { TTLV_HEADER, ttlvLength } from './ttlv.ts';

export interface ExchangeLimits {
  readTimeoutMs: number;
  writeTimeoutMs: number;
  maxResponseBytes: number;
}

/** `stale`: it had been used before and died before the first octet of an answer: the server may have closed it meanwhile. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly kind: 'closed' | 'read-timeout' | 'write-timeout' | 'too-large' | 'junk' | 'cancelled';
  readonly stale: boolean;
  constructor(kind: ConnectionError['kind'], message: string, stale = false) {
    super(message);
    this.kind = kind;
    this.stale = stale;
  }
}

export interface Connection {
  readonly peer: Uint8Array;
  /** false once it failed, was closed here or there, or got octets that nobody asked for. */
  isOpen(): boolean;
  /**
   * The response to a request; one at a time. Throws ConnectionError, TtlvError when what comes is no TTLV, and what the
   * stream throws; the connection is over then.
   */
  exchange(request: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  close(): void;
}

/** `ended`: called once when it ends while nobody uses it. */
export function createConnection(
  stream: NetStream,
  deps: { clock: Clock; limits: ExchangeLimits; ended: () => void },
): Connection {
  const { clock, limits } = deps;
  let open = true;
  let busy = false;
  let uses = 0;
  let ahead = listen();

  /** Reads ahead always: so an idle connection that the server closes is known to be closed. */
  function listen(): Promise<Uint8Array | null> {
    const next = stream.read();
    const idleEnd = (): void => {
      if (busy || !open) return;
      close();
      deps.ended();
    };
    next.then(idleEnd, idleEnd);
    return next;
  }

  function close(): void {
    open = false;
    stream.close();
  }

  /** `work`, unless it takes longer than `ms` or is given up. */
  async function within<T>(
    work: Promise<T>,
    ms: number,
    late: ConnectionError,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const { promise: over, reject } = Promise.withResolvers<never>();
    const given = (): void => reject(new ConnectionError('cancelled', 'It was cancelled.'));
    const stop = clock.after(ms, () => reject(late));
    signal?.addEventListener('abort', given, { once: true });
    if (signal?.aborted === true) given();
    try {
      return await Promise.race([over, work]);
    } finally {
      stop();
      signal?.removeEventListener('abort', given);
    }
  }

  async function receive(signal: AbortSignal | undefined): Promise<Uint8Array> {
    const late = new ConnectionError(
      'read-timeout',
      `no whole answer within ${limits.readTimeoutMs / 1000} seconds`,
    );
    // One time for the whole answer: a server that sends an octet now and then is late as well.
    return within(collect(), limits.readTimeoutMs, late, signal);
  }

  async function collect(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    let wanted: number | null = null;
    for (;;) {
      const chunk = await ahead;
      if (chunk === null)
        throw new ConnectionError('closed', 'the server closed the connection', uses > 1 && size === 0);
      chunks.push(chunk);
      size += chunk.length;
      if (wanted === null && size >= TTLV_HEADER) wanted = ttlvLength(Buffer.concat(chunks));
      if (wanted !== null && wanted > limits.maxResponseBytes)
        throw new ConnectionError(
          'too-large',
          `the answer has ${wanted} octets, ${limits.maxResponseBytes} are accepted`,
        );
      if (wanted !== null && size > wanted) throw new ConnectionError('junk', 'more came than was announced');
      if (size === wanted) return Buffer.concat(chunks);
      ahead = stream.read();
    }
  }

  return {
    peer: stream.peer,
    isOpen: () => open,
    async exchange(request, signal) {
      busy = true;
      uses += 1;
      let sent = false;
      try {
        const late = new ConnectionError(
          'write-timeout',
          `not sent within ${limits.writeTimeoutMs / 1000} seconds`,
        );
        await within(stream.write(request), limits.writeTimeoutMs, late, signal);
        sent = true;
        const response = await receive(signal);
        busy = false;
        ahead = listen();
        return response;
      } catch (error) {
        close();
        throw !sent && uses > 1 && !(error instanceof ConnectionError)
          ? new ConnectionError('closed', 'the connection was over', true)
          : error;
      }
    },
    close,
  };
}
