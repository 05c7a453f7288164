/** Whether the proxy's own clock can be right: nothing that it did last may be younger than now. */
import { momentText } from '../../lib/moment-text.ts';
import { aheadUntil, requireDate } from '../signer/clock.ts';
import type { HeldProxy } from './held-proxy.ts';

type Knowing = Pick<HeldProxy, 'state' | 'past'>;

/** Why the clock of this machine is behind what the proxy did last, as sentences; null when it is not. */
export function clockBehind({ state, past }: Knowing, now: Date): string | null {
  const { open, cancelled, published } = state;
  const acts = [
    ['The open request was signed', open?.madeAt],
    ['The last request was withdrawn', cancelled.at(-1)?.at],
    ['The last response was taken', past.at(-1)?.at],
    ['The last publication was', published?.at],
  ].flatMap(([what = '', at]) => (at === undefined ? [] : [{ what, at: new Date(at) }]));
  const last = acts.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  if (last === undefined || aheadUntil(last.at, now) === null) return null;
  return `${last.what} at ${momentText(last.at)}, and this machine says ${momentText(now)}. If this clock is behind, set it before a request is made. If it was ahead then, today's date is asked when one is made.`;
}

/** Before anything is signed; `held` null: there is nothing to compare with. Throws AppError INVALID_INPUT unless the date is right. */
export function requireClock(held: Knowing | null, today: string | null, now: Date): void {
  if (held !== null && clockBehind(held, now) !== null) requireDate(today, now);
}
