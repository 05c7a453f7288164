/** Waits that end early: by whoever waits, or all of them at once. And many who wait for one thing. */
import type { Clock } from '../../ports.ts';

export interface Waits {
  /** Rejects with what `cancelled` answers, or with what `end` was called with. */
  pause(ms: number, signal: AbortSignal | undefined): Promise<void>;
  end(why: Error): void;
}

export function createWaits(clock: Clock, cancelled: () => Error): Waits {
  const waiting = new Set<(error: Error) => void>();
  return {
    pause(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const stop = clock.after(ms, resolve);
      const end = (error: Error): void => {
        stop();
        reject(error);
      };
      const leave = (): void => end(cancelled());
      waiting.add(end);
      if (signal?.aborted === true) leave();
      signal?.addEventListener('abort', leave, { once: true });
      return promise.finally(() => {
        waiting.delete(end);
        signal?.removeEventListener('abort', leave);
      });
    },
    end(why) {
      for (const one of waiting) one(why);
    },
  };
}

/** Work that several wait for. */
export interface Shared<T> {
  promise: Promise<T>;
  abort: AbortController;
  joined: number;
}

/** Waits for it with the others; `signal` takes this one away, and the last who goes takes the work with him. */
export async function join<T>(
  work: Shared<T>,
  signal: AbortSignal | undefined,
  cancelled: () => Error,
): Promise<T> {
  work.joined += 1;
  const { promise: left, reject } = Promise.withResolvers<never>();
  const leave = (): void => {
    if (work.joined === 1) work.abort.abort();
    reject(cancelled());
  };
  if (signal?.aborted === true) leave();
  signal?.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work.promise, left]);
  } finally {
    work.joined -= 1;
    signal?.removeEventListener('abort', leave);
  }
}
