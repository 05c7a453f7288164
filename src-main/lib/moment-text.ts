/** How an instant stands in a sentence: in UTC and to the minute. Screens show it in local time (components/dated.tsx). */

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** Whether `text` is an instant in UTC as RFC 3339 and Krill write it; Date takes many other things for one. */
export const isInstant = (text: string): boolean => INSTANT.test(text) && !Number.isNaN(Date.parse(text));

/** "2026-12-11 14:05 Z". `at`: a date, or an instant as RFC 3339 has it; no other text is ever shown ("no date"). */
export function momentText(at: Date | string): string {
  if (typeof at === 'string' && !isInstant(at)) return 'no date';
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} Z`;
}

/** "2026-12-11 14:05:09 Z": where the order of things within a minute counts, as on record. */
export function secondText(at: Date | string): string {
  if (typeof at === 'string' && !isInstant(at)) return 'no date';
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} Z`;
}
