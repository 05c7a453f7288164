/**
 * Whether this machine's clock can be believed: before something is signed ahead of time, and after it was. An offline machine
 * has nothing but its own past, the proxy's request and its operator to compare it with.
 */
import { AppError } from '../../lib/app-error.ts';
import { momentText } from '../../lib/moment-text.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** What is ahead by no more is waited for. */
const WAITED_MS = 10 * MINUTE_MS;

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** "3 hours", "80 days", rounded down. */
function lengthOf(ms: number): string {
  if (ms < 2 * 60 * MINUTE_MS) return plural(Math.floor(ms / MINUTE_MS), 'minute');
  return ms < 2 * DAY_MS
    ? plural(Math.floor(ms / (60 * MINUTE_MS)), 'hour')
    : plural(Math.floor(ms / DAY_MS), 'day');
}

/**
 * Why the date is asked for before something is signed, as one sentence; null when the clock stands within a day of the last
 * exchange or of the request, which the proxy signed by its own clock.
 */
export function whyDateIsAsked(now: Date, lastAt: Date, requestAt: Date | null): string | null {
  const newest = Math.max(lastAt.getTime(), requestAt?.getTime() ?? 0);
  const after = now.getTime() - newest;
  if (after <= DAY_MS) return null;
  const what =
    newest === lastAt.getTime() ? 'the last exchange or reissue here' : 'the proxy signed the request';
  return `This machine says ${momentText(now)}, ${lengthOf(after)} after ${what}: what is signed with a clock ahead cannot be used until then.`;
}

/** The two dates that a clock may show for one instant: in UTC and where the machine stands. */
function datesOf(now: Date): string[] {
  const two = (value: number): string => String(value).padStart(2, '0');
  const local = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return [now.toISOString().slice(0, 10), local];
}

/** Throws AppError INVALID_INPUT unless the date that was read elsewhere is the one of this machine. */
export function requireDate(typed: string | null, now: Date): void {
  const refuse = (message: string): never => {
    throw new AppError('INVALID_INPUT', message, { fields: [{ path: 'today', message }] });
  };
  const text = typed?.trim() ?? '';
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(text)))
    refuse("Type today's date from another clock, as year-month-day: 2026-12-31.");
  if (!datesOf(now).includes(text))
    refuse(
      `This machine says ${momentText(now)}, which is not ${text}. Set its clock, or type the date again. Nothing was signed.`,
    );
}

/** Until when what was signed last is of the future, by this machine's clock; null when it is not. */
export function aheadUntil(lastAt: Date, now: Date): Date | null {
  return lastAt.getTime() - now.getTime() > MINUTE_MS ? lastAt : null;
}

/** It is ahead by more than one would wait for. */
export const isFarAhead = (lastAt: Date, now: Date): boolean => lastAt.getTime() - now.getTime() > WAITED_MS;

const ANCHOR = { what: 'The last exchange or reissue here was', page: 'the trust anchor’s page' };

/** What is to be done when the clock stands before what was signed last; `of`: what that was, and where the way out is. */
export function aheadText(lastAt: Date, now: Date, of = ANCHOR): string {
  const wayOut = isFarAhead(lastAt, now) ? `, or press “Go on from this clock…” on ${of.page}` : '';
  return `${of.what} signed at ${momentText(lastAt)}, and this machine says ${momentText(now)}. If this clock is behind, set it. If it was ahead then, wait until ${momentText(lastAt)}${wayOut}.`;
}
