/** Work with a device and the PINs that it is handed meanwhile, by the asynchronous context in which it asks for them. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { SentPin } from './pins-contract.ts';

export interface Attempt {
  /** Handed and not settled. */
  sent: SentPin[];
  /** It was handed one, settled or not. */
  handed: boolean;
  /** Ends the turn that it has; null: it has none, or the work around it has it. */
  release: (() => void) | null;
  /** The work of which it is a part; null: of none. */
  around: Attempt | null;
  over: boolean;
}

export interface Attempts {
  /** Runs work as an attempt of its own; `settle` is called with what came of it before its turn ends. */
  run<T, S>(
    work: () => Promise<T>,
    settle: (mine: Attempt, end: { value: Awaited<T> } | { error: unknown }) => Promise<S>,
  ): Promise<S>;
  /** The one that is running, from the innermost outwards; what is over has no part in it. */
  now(): Attempt[];
}

export function endTurn(attempt: Attempt): void {
  attempt.release?.();
  attempt.release = null;
}

export function createAttempts(): Attempts {
  const context = new AsyncLocalStorage<Attempt>();
  return {
    async run<T, S>(
      work: () => Promise<T>,
      settle: (mine: Attempt, end: { value: Awaited<T> } | { error: unknown }) => Promise<S>,
    ): Promise<S> {
      const around = context.getStore() ?? null;
      const mine: Attempt = { sent: [], handed: false, release: null, around, over: false };
      try {
        let end: { value: Awaited<T> } | { error: unknown };
        try {
          end = { value: await context.run(mine, work) };
        } catch (error) {
          end = { error };
        }
        mine.over = true;
        return await settle(mine, end);
      } finally {
        endTurn(mine);
      }
    },
    now() {
      const running: Attempt[] = [];
      for (let one = context.getStore() ?? null; one !== null; one = one.around)
        if (!one.over) running.push(one);
      return running;
    },
  };
}
