/** Whether something is valid at an instant. */
import type { Faults } from './fault.ts';

/** `at` null: not judged. Both ends belong to the time. */
export function inTime(faults: Faults, at: Date | null, from: Date, to: Date, clause: string): void {
  if (at === null) return;
  faults.check(at.getTime() >= from.getTime(), `it is not valid before ${from.toISOString()}`, clause);
  faults.check(at.getTime() <= to.getTime(), `it ended at ${to.toISOString()}`, clause);
}
