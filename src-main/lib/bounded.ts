/** Waiting that ends: for work of which nobody knows whether it ever will. */
import type { Clock } from '../ports.ts';

/**
 * What `work` answers or throws; after `ms` milliseconds it throws an Error that says that `what` did not end. The work itself
 * goes on, and nobody hears of it any more.
 */
export async function bounded<T>(clock: Clock, ms: number, what: string, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const stop = clock.after(ms, () =>
    late.reject(new Error(`${what} did not end within ${ms / 1000} s and was left behind`)),
  );
  // It may fail when nobody waits any more.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    stop();
  }
}
