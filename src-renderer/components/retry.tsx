/** When a signer that is not there is tried again; the moment may have come. */
import { Countdown } from './time.tsx';
import { useNow } from '../app/clock.ts';

export function Retry({ at }: { at: string }) {
  const now = useNow(500);
  return Date.parse(at) <= now ? (
    'tried again now'
  ) : (
    <>
      tried again in <Countdown to={at} now={now} />
    </>
  );
}
