/**
 * What all who send the PINs of one signer share, however often it is started anew: the marks, and whose turn it is. SECURITY: who
 * looks up a PIN, marks it and sends it keeps the turn until the answer is known, so that nobody sends it beside him.
 */
import type { RefusedPin } from '../../store/signer-columns.ts';

export interface PinBook {
  marks: readonly RefusedPin[];
  /** Waits for the turn; answers the function that ends it, once. Rejects with what `until` rejects with: the turn is passed on then. */
  turn(until: Promise<never>): Promise<() => void>;
}

export function createPinBook(marks: readonly RefusedPin[]): PinBook {
  let last = Promise.resolve();
  return {
    marks,
    async turn(until) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = last;
      last = before.then(() => promise);
      try {
        await Promise.race([before, until]);
        return resolve;
      } catch (error) {
        resolve();
        throw error;
      }
    },
  };
}

/** The turns of one who is ended some day: `end` sends away for ever who waits. `cancelled`: what it is when a signal did. */
export function createTurns(book: PinBook, cancelled: () => Error) {
  const leaving = new Set<(why: Error) => void>();
  return {
    take: async (signal?: AbortSignal): Promise<() => void> => {
      const { promise: until, reject } = Promise.withResolvers<never>();
      const leave = (): void => reject(cancelled());
      leaving.add(reject);
      signal?.addEventListener('abort', leave, { once: true });
      if (signal?.aborted === true) leave();
      try {
        return await book.turn(until);
      } finally {
        leaving.delete(reject);
        signal?.removeEventListener('abort', leave);
      }
    },
    end(why: Error): void {
      for (const reject of leaving) reject(why);
    },
  };
}
