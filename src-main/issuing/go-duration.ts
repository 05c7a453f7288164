/**
 * Durations as Go prints them ("8760h1m0s"), which is how step words its refusals, and as people read them
 * ("90 days"). Text only; limits are decided in lifetime.ts.
 */

/** Whole seconds in the notation of Go's time.Duration: hours are never turned into days. */
export function goDuration(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  const whole = Math.abs(Math.trunc(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 0) return `${sign}${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${sign}${minutes}m${rest}s` : `${sign}${rest}s`;
}

const UNITS: readonly [number, string][] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** Past it nobody counts: it was mistyped. */
const MOST_SECONDS = 365_000 * 86_400;

/** "90 days", "24 hours" (not "1 day"), "5 minutes", "1 day 6 hours": at most two units. */
export function readableDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'not a number';
  if (Math.abs(seconds) > MOST_SECONDS) return `${seconds < 0 ? 'minus ' : ''}more than 1,000 years`;
  if (seconds === 86_400) return '24 hours';
  let rest = Math.abs(Math.round(seconds));
  const parts: string[] = [];
  for (const [size, word] of UNITS) {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count > 0) parts.push(`${count} ${word}${count === 1 ? '' : 's'}`);
  }
  return `${seconds < 0 ? 'minus ' : ''}${parts.slice(0, 2).join(' ') || '0 seconds'}`;
}

/** The same for reading beside exact times: from ten days on to the nearest day, "3650 days" for 3649 days and 23 hours. */
export function aboutDuration(seconds: number): string {
  return readableDuration(seconds < 10 * 86_400 ? seconds : Math.round(seconds / 86_400) * 86_400);
}
