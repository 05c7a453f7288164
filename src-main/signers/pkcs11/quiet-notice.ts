/** Says on the screen that a device has not answered for a while: it may want a touch, and nothing in PKCS#11 tells. */
import type { Person } from '../device.ts';
import type { Connection } from './connection.ts';
import { endedForOne } from './faults.ts';
import type { Patience } from './host-client.ts';

/**
 * Of one device: one such sentence at a time, however many calls wait. Cancelling it cancels those that have waited for so long
 * and ends the child; what went there a moment ago goes to the next one.
 */
export function quietNotice(person: Person): (on: Connection, text: string) => Patience {
  const quiet = new Set<() => void>();
  let end = (): void => undefined;
  return (on, text) => (leave) => {
    if (quiet.size === 0)
      end = person.waits(text, () => {
        for (const one of [...quiet]) one();
        on.client.end(endedForOne());
      });
    quiet.add(leave);
    return () => {
      quiet.delete(leave);
      if (quiet.size === 0) end();
    };
  };
}
