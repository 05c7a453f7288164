/** Says on the screen that a device has not answered for a while: it may want a touch, and nothing in PKCS#11 tells. */
import type { Clock } from '../../ports.ts';
import type { Person } from '../device.ts';
import { faultOf } from './faults.ts';
import type { Connection } from './connection.ts';

const QUIET_MS = 5_000;

/** Of one device: one such sentence at a time, however many signatures wait. Cancelling it ends the child. */
export function quietNotice({
  clock,
  person,
}: {
  clock: Clock;
  person: Person;
}): <T>(on: Connection, task: Promise<T>) => Promise<T> {
  let said = false;
  return async (on, task) => {
    let stop = (): void => undefined;
    const cancelTimer = clock.after(QUIET_MS, () => {
      if (said) return;
      said = true;
      const end = person.waits(`${on.token.label} has not answered yet. Touch it if it blinks.`, () =>
        on.client.end(faultOf('CANCELLED')),
      );
      stop = () => {
        said = false;
        end();
      };
    });
    try {
      return await task;
    } finally {
      cancelTimer();
      stop();
    }
  };
}
