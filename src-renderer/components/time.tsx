/**
 * Dates and what is left of them: local time for reading, UTC on hover and focus. Instants come in
 * and stay UTC; nothing here decides anything.
 */
import { useNow } from '../app/clock.ts';
import { Hint } from './hint.tsx';

const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const two = (value: number): string => String(value).padStart(2, '0');
const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' });

/** "11 Dec 2026" or "11 Dec 2026, 14:05:09", local. */
export function localText(at: string, withClock = false): string {
  const local = new Date(at);
  const day = `${local.getDate()} ${MONTHS[local.getMonth()]} ${local.getFullYear()}`;
  if (!withClock) return day;
  return `${day}, ${two(local.getHours())}:${two(local.getMinutes())}:${two(local.getSeconds())}`;
}

/** "11 Dec 2026, 14:05", local. */
export function minuteText(at: string): string {
  return localText(at, true).slice(0, -3);
}

/** "2026-12-11 13:05:09 UTC". */
export function utcText(at: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function zoneName(at: string): string {
  return zone.formatToParts(new Date(at)).find((part) => part.type === 'timeZoneName')?.value ?? 'local';
}

/** `clock`: the time of day matters here, to the second or to the minute. */
export function Time({ at, clock = false }: { at: string; clock?: boolean | 'minute' }) {
  return (
    <Hint text={`${utcText(at)}\n${localText(at, true)} ${zoneName(at)}`} focusable>
      <time dateTime={at} className="num">
        {clock === 'minute' ? minuteText(at) : localText(at, clock)}
      </time>
    </Hint>
  );
}

/** A stretch of time; of few days the hours are said, too. */
export function TimeSpan({ from, to }: { from: string; to: string }) {
  const clock = Date.parse(to) - Date.parse(from) < 3 * DAY_MS;
  return (
    <>
      <Time at={from} clock={clock} /> – <Time at={to} clock={clock} />
    </>
  );
}

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/**
 * A length of time in its largest sensible unit: "17 days", "9 min", "10 years". Days and tenths of years to the nearest,
 * as people say them; below two days down, but for the seconds between making something and reading how long it lives.
 */
export function durationText(ms: number): string {
  const positive = ms < 3_570_000 ? Math.max(0, ms) : Math.round(ms / 60_000) * 60_000;
  if (positive < 60_000) return `${Math.floor(positive / 1000)} s`;
  if (positive < 3_600_000) return `${Math.floor(positive / 60_000)} min`;
  if (positive < 2 * DAY_MS) return plural(Math.floor(positive / 3_600_000), 'hour');
  const days = Math.round(positive / DAY_MS);
  // Years of the calendar: a hundred of them are 36,524 days, and ten of 365 days are ten as well.
  return days < 731 ? plural(days, 'day') : `${Math.round(days / 36.52425) / 10} years`;
}

/** "17 days", "ended 3 days ago". */
export function leftText(to: string, nowMs: number): string {
  const ms = Date.parse(to) - nowMs;
  return ms >= 0 ? durationText(ms) : `ended ${durationText(-ms)} ago`;
}

export function Left({ to }: { to: string }) {
  const now = useNow();
  return <span className="num">{leftText(to, now)}</span>;
}

/** "20 s ago", "in 3 min". */
export function Ago({ at }: { at: string }) {
  const now = useNow(10_000);
  // The clock here ticks every ten seconds: what has just happened is not to come.
  const ms = now - Date.parse(at);
  return <span className="num">{ms > -10_000 ? `${durationText(ms)} ago` : `in ${durationText(-ms)}`}</span>;
}

/** Whether there is an instant and it has not come. */
export function isAhead(at: string | null | undefined, now: number): at is string {
  return at !== null && at !== undefined && Date.parse(at) > now;
}

/** mm:ss until an instant. `now` is the clock by which the sentence around it is shown or not: it never lacks its number. */
export function Countdown({ to, now }: { to: string; now: number }) {
  const seconds = Math.max(0, Math.ceil((Date.parse(to) - now) / 1000));
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <span className="num" role="timer">
      {text}
    </span>
  );
}
