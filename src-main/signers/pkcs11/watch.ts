/** How long answers of a child take: one timer for all of them, so that a thousand signatures a second set none. It ends nothing itself. */
import type { Clock } from '../../ports.ts';

/** After this the screen says that a device has not answered: it may want a touch, and nothing in PKCS#11 tells. */
export const QUIET_MS = 5_000;
/** A timer that comes later than this did not run meanwhile: the machine slept, or its clock was set. */
const LATE_MS = 2_000;

export interface Watched {
  /** When the child began with it, of the clock; null: it waits for its turn there, and no time counts. */
  since: number | null;
  /** ms until it counts as hung; null: a person is waited for. */
  limit: number | null;
  /** Called once, when it has taken QUIET_MS. */
  quiet: (() => void) | null;
}

export interface Watch<W> {
  /** From now on the time counts. */
  began(one: W): void;
  stop(): void;
}

const dueOf = ({ since, limit, quiet }: Watched): number =>
  since === null ? Infinity : since + Math.min(limit ?? Infinity, quiet === null ? Infinity : QUIET_MS);

/** `all`: what is watched now. `hung`: called for one whose limit has passed; whatever it does, the others are looked at later. */
export function createWatch<W extends Watched>(
  clock: Clock,
  all: () => Iterable<W>,
  hung: (one: W) => void,
): Watch<W> {
  let cancel = (): void => undefined;
  /** When the timer rings; it may ring for nothing. */
  let rings = Infinity;

  function arm(at: number, now: number): void {
    if (at >= rings) return;
    cancel();
    rings = at;
    cancel = clock.after(Math.max(at - now, 0), look);
  }
  function look(): void {
    const now = clock.now().getTime();
    const late = now - rings;
    rings = Infinity;
    let next = Infinity;
    for (const one of all()) {
      if (one.since !== null && Math.abs(late) > LATE_MS) one.since += late;
      if (dueOf(one) <= now) {
        const { quiet } = one;
        if (quiet === null) return hung(one);
        one.quiet = null;
        quiet();
      }
      next = Math.min(next, dueOf(one));
    }
    if (next < Infinity) arm(next, now);
  }
  return {
    began(one) {
      const now = clock.now().getTime();
      one.since = now;
      arm(dueOf(one), now);
    },
    stop() {
      cancel();
      rings = Infinity;
    },
  };
}
