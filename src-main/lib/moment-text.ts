/** How an instant stands in a sentence: in UTC and to the minute. Screens show it in local time (components/dated.tsx). */

/** "2026-12-11 14:05 Z". `at`: a date, or an instant as ISO text; text that is none stays as it is. */
export function momentText(at: Date | string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : `${date.toISOString().slice(0, 16).replace('T', ' ')} Z`;
}
