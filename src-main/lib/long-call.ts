/**
 * Calls that usually answer at once and sometimes take long: from a moment on such a one is a job, too, with its progress and its
 * Cancel. Whoever called waits for the answer as before.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../ports.ts';
import { AppError } from './app-error.ts';
import type { Jobs } from './jobs.ts';

const SHOWN_AFTER_MS = 300;
/** So long nothing else is answered at most. */
const TURN_MS = 10;

export interface LongCall {
  /** To be awaited between two pieces of work: lets others have their turn. `progress` is 0..1. Throws when it was cancelled. */
  turn(progress: number, step: string): Promise<void>;
}

/** Runs `work`; throws what it throws, AppError CANCELLED when the operator cancelled it or it was locked. */
export async function longCall<T>(
  deps: { clock: Clock; jobs: Jobs },
  { kind, title }: { kind: string; title: string },
  work: (call: LongCall) => Promise<T>,
): Promise<T> {
  const cancelled = new AbortController();
  let report = (_progress: number, _step: string): void => {};
  let since = performance.now();
  const running = work({
    async turn(progress, step) {
      report(progress, step);
      if (performance.now() - since > TURN_MS) {
        await nextTurn();
        since = performance.now();
      }
      if (cancelled.signal.aborted)
        throw new AppError('CANCELLED', `${title}: cancelled, nothing was changed.`);
    },
  });
  const stop = deps.clock.after(
    SHOWN_AFTER_MS,
    () =>
      void deps.jobs.start({
        kind,
        title,
        async run(job) {
          report = job.report;
          job.signal.addEventListener('abort', () => cancelled.abort(), { once: true });
          await running;
          return [];
        },
      }),
  );
  try {
    return await running;
  } finally {
    stop();
  }
}
