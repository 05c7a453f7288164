/**
 * How long a server certificate of a public CA may live: CA/Browser Forum Baseline Requirements 6.3.2 as ballot SC-081v3
 * (April 2025) left it. A private CA is not bound by it; browsers hold only public ones to it.
 */

/** From this notBefore on (UTC), so many days; the newest first. */
const LIMITS: readonly [from: string, days: number][] = [
  ['2029-03-15', 47],
  ['2027-03-15', 100],
  ['2026-03-15', 200],
];
const BEFORE = 398;

const DAY = 86_400_000;

/** The most days for a certificate that begins at `notBefore`. */
export function publicLimitDays(notBefore: Date): number {
  return LIMITS.find(([from]) => notBefore.getTime() >= Date.parse(from))?.[1] ?? BEFORE;
}

/** Days as 6.3.2 counts them: of 86,400 seconds, both ends included (RFC 5280 4.1.2.5), and a begun one is a whole one. */
export function countedDays(notBefore: Date, notAfter: Date): number {
  return Math.ceil((notAfter.getTime() - notBefore.getTime() + 1000) / DAY);
}
