/** The real clock, the real randomness, and a notice when the machine slept. Tests have their own clock. */
import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../../ports.ts';

/** setTimeout fires at once for anything longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => new Date(),
  after(ms, task) {
    const timer = setTimeout(task, Math.min(ms, LONGEST_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const realRandom: Random = { bytes: (length) => randomBytes(length) };

const TICK_MS = 5_000;
const JUMP_MS = 20_000;

/**
 * Calls `slept` when the wall clock ran ahead of the monotonic one by 20 s: on Linux the monotonic clock stands
 * still during suspend. It is noticed on waking, before the operator can do anything, and also after a clock was
 * set forward, where locking does no harm. Returns the function that ends the watch.
 */
export function watchSleep(
  slept: () => void,
  read: () => { wallMs: number; monotonicMs: number } = () => ({
    wallMs: Date.now(),
    monotonicMs: performance.now(),
  }),
): () => void {
  let last = read();
  const timer = setInterval(() => {
    const next = read();
    const jumpMs = next.wallMs - last.wallMs - (next.monotonicMs - last.monotonicMs);
    last = next;
    if (jumpMs > JUMP_MS) slept();
  }, TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
