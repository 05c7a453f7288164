import { expect, test } from 'vitest';
import { countedDays, publicLimitDays } from './public-limit.ts';

test.each([
  ['2020-09-01T00:00:00Z', 398],
  ['2026-03-14T23:59:59Z', 398],
  ['2026-03-15T00:00:00Z', 200],
  ['2027-03-14T23:59:59Z', 200],
  ['2027-03-15T00:00:00Z', 100],
  ['2029-03-14T23:59:59Z', 100],
  ['2029-03-15T00:00:00Z', 47],
  ['2040-01-01T00:00:00Z', 47],
])('a server certificate of %s may live %i days', (notBefore, days) =>
  expect(publicLimitDays(new Date(notBefore))).toBe(days),
);

test('both ends count, and a begun day is a whole one', () => {
  const from = new Date('2026-11-28T00:00:00Z');
  expect(countedDays(from, new Date('2027-06-15T23:59:59Z'))).toBe(200);
  expect(countedDays(from, new Date('2027-06-16T00:00:00Z'))).toBe(201);
});
