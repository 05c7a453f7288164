/** Says on the screen that a device has not answered for a while: it may want a touch, and nothing in PKCS#11 tells. */
import type { Clock } from '../../ports.ts';
import type { Person } from '../device.ts';
import { endedForOne, faultOf } from './faults.ts';
import type { Connection } from './connection.ts';

const QUIET_MS = 5_000;

/**
 * Of one device: one such sentence at a time, however many signatures wait. Cancelling it ends the child, and cancels those that
 * have waited for so long; what went to the child a moment ago goes to the next one.
 */
export function quietNotice({
  clock,
  person,
}: {
  clock: Clock;
  person: Person;
}): <T>(on: Connection, task: Promise<T>) => Promise<T> {
  let said = false;
  let quiet = new Set<object>();
  const cancelled = new WeakSet<object>();
  return async (on, task) => {
    const call = {};
    let stop = (): void => undefined;
    const cancelTimer = clock.after(QUIET_MS, () => {
      quiet.add(call);
      if (said) return;
      said = true;
      const end = person.waits(`${on.token.label} has not answered yet. Touch it if it blinks.`, () => {
        for (const one of quiet) cancelled.add(one);
        quiet = new Set();
        on.client.end(endedForOne());
      });
      stop = () => {
        said = false;
        end();
      };
    });
    try {
      return await task;
    } catch (error) {
      throw cancelled.has(call) ? faultOf('CANCELLED') : error;
    } finally {
      quiet.delete(call);
      cancelTimer();
      stop();
    }
  };
}
