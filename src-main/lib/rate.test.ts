import { expect, test } from 'vitest';
import { createRate } from './rate.ts';

test('a burst, then one in each interval; a clock that goes back locks nobody out', () => {
  let now = Date.parse('2027-06-01T00:00:00Z');
  const rate = createRate({ now: () => now, burst: 2, eachMs: 1000 });
  expect([rate.allows('a'), rate.allows('a'), rate.allows('a')]).toEqual([true, true, false]);
  now += 1000;
  expect([rate.allows('a'), rate.allows('a')]).toEqual([true, false]);
  now -= 365 * 86_400_000;
  expect([rate.allows('a'), rate.allows('a'), rate.allows('a')]).toEqual([true, true, false]);
});
