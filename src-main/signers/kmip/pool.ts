/**
 * Connections to one KMIP server: no more than so many, none older or longer idle than allowed (H-009), broken ones
 * replaced. Who waits for one waits in line. It knows no protocol.
 */
import type { Clock } from '../../ports.ts';
import { type Connection, ConnectionError } from './connection.ts';

export interface PoolLimits {
  maxConnections: number;
  /** Infinity: no limit. */
  maxUseMs: number;
  maxIdleMs: number;
}

export interface Pool {
  /** Lends a connection. `fresh`: one that has not been used. Throws what connecting throws, and what `work` does. */
  use<T>(
    work: (connection: Connection) => Promise<T>,
    options: { fresh: boolean; signal: AbortSignal | undefined },
  ): Promise<T>;
  /** Ends every connection, and what waits for one. */
  close(): void;
}

interface Member {
  connection: Connection;
  since: number;
  stopIdling: () => void;
}

/** `connect` makes a connection; `ended` it calls when that ends unasked. */
export function createPool(deps: {
  clock: Clock;
  limits: PoolLimits;
  connect(ended: () => void, signal: AbortSignal | undefined): Promise<Connection>;
}): Pool {
  const { clock, limits } = deps;
  const idle: Member[] = [];
  const lent = new Set<Member>();
  /** Connections that are open or being opened. */
  let count = 0;
  let waiting: { go: () => void; fail: (error: Error) => void }[] = [];
  let closed = false;

  const nowMs = (): number => clock.now().getTime();
  const over = (): ConnectionError => new ConnectionError('closed', 'the signer was closed');

  function drop(member: Member): void {
    member.stopIdling();
    member.connection.close();
    count -= 1;
    next();
  }

  function next(): void {
    waiting.shift()?.go();
  }

  function takeIdle(): Member | null {
    for (let member = idle.pop(); member !== undefined; member = idle.pop()) {
      member.stopIdling();
      if (member.connection.isOpen() && nowMs() - member.since < limits.maxUseMs) return member;
      member.connection.close();
      count -= 1;
    }
    return null;
  }

  async function open(signal: AbortSignal | undefined): Promise<Member> {
    count += 1;
    try {
      const ended = (): void => {
        const at = idle.findIndex((member) => member.connection === connection);
        if (at >= 0) drop(...(idle.splice(at, 1) as [Member]));
      };
      const connection = await deps.connect(ended, signal);
      if (closed) {
        connection.close();
        throw over();
      }
      return { connection, since: nowMs(), stopIdling: () => undefined };
    } catch (error) {
      count -= 1;
      next();
      throw error;
    }
  }

  async function acquire(fresh: boolean, signal: AbortSignal | undefined): Promise<Member> {
    for (;;) {
      if (closed) throw over();
      if (signal?.aborted === true) {
        // It may have been woken for a connection that it does not take.
        next();
        throw new ConnectionError('cancelled', 'It was cancelled.');
      }
      const pooled = fresh ? null : takeIdle();
      if (pooled !== null) return pooled;
      if (fresh && count >= limits.maxConnections) {
        const oldest = idle.shift();
        if (oldest !== undefined) drop(oldest);
      }
      if (count < limits.maxConnections) return open(signal);
      await inLine(signal);
    }
  }

  async function inLine(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const me = { go: resolve, fail: reject };
    const given = (): void => {
      waiting = waiting.filter((one) => one !== me);
      reject(new ConnectionError('cancelled', 'It was cancelled.'));
    };
    waiting.push(me);
    signal?.addEventListener('abort', given, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', given);
    }
  }

  function afterIdle(end: () => void): () => void {
    return Number.isFinite(limits.maxIdleMs) ? clock.after(limits.maxIdleMs, end) : () => undefined;
  }

  function giveBack(member: Member): void {
    lent.delete(member);
    if (closed || !member.connection.isOpen() || nowMs() - member.since >= limits.maxUseMs) {
      drop(member);
      return;
    }
    member.stopIdling = afterIdle(() => {
      const at = idle.indexOf(member);
      if (at < 0) return;
      idle.splice(at, 1);
      drop(member);
    });
    idle.push(member);
    next();
  }

  return {
    async use(work, { fresh, signal }) {
      const member = await acquire(fresh, signal);
      lent.add(member);
      try {
        // It was closed while this one was being lent.
        if (closed) throw over();
        return await work(member.connection);
      } finally {
        giveBack(member);
      }
    },
    close() {
      closed = true;
      for (const member of idle.splice(0)) drop(member);
      // Their work fails by it, and gives them back.
      for (const member of lent) member.connection.close();
      for (const one of waiting.splice(0)) one.fail(over());
    },
  };
}
