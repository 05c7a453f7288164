import { describe, expect, test } from 'vitest';
import { compareGroups } from './fingerprint-board.tsx';
import { cutHex, hexGroups } from './hex-value.tsx';
import { durationText, leftText, utcText } from './time.tsx';
import { ticks } from './validity.tsx';
import { parseNumber } from './text-field.tsx';

const DAY = 86_400_000;

describe('hex', () => {
  test('groups of four, upper case, whatever stood between', () => {
    expect(hexGroups('9c:1e:44:b7:03')).toEqual(['9C1E', '44B7', '03']);
    expect(hexGroups('')).toEqual([]);
  });
  test('the middle is cut, both ends stay', () => {
    expect(cutHex('00112233445566778899AABB', 4)).toBe('0011 2233 … 8899 AABB');
    expect(cutHex('00112233', 4)).toBe('0011 2233');
  });
});

describe('fingerprint comparison', () => {
  const whole = '3F2A91C407BE';
  test('marks nothing before it was typed, and half a group not at all', () => {
    expect(compareGroups(whole, '').states).toEqual([null, null, null]);
    expect(compareGroups(whole, '3f2a 91').states).toEqual(['same', null, null]);
  });
  test('names the first group that differs and is complete only when all agree', () => {
    expect(compareGroups(whole, '3f2a 91c5 07be')).toMatchObject({ firstDifference: 1, complete: false });
    expect(compareGroups(whole, '3F:2A:91:C4:07:BE')).toMatchObject({ firstDifference: -1, complete: true });
    expect(compareGroups(whole, '3f2a91c407be00').complete).toBe(false);
  });
});

describe('time', () => {
  test('lengths in the unit a person would use, days and years to the nearest', () => {
    const texts = [0, 59_999, 60_000, 3_600_000, 47 * 3_600_000, 2 * DAY, 17.9 * DAY, 730 * DAY, 3653 * DAY];
    expect(texts.map(durationText)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '1 hour',
      '47 hours',
      '2 days',
      '18 days',
      '730 days',
      '10 years',
    ]);
  });
  test('what is left, and since when it ended', () => {
    const now = Date.parse('2026-11-24T00:00:00Z');
    expect(leftText('2026-12-11T00:00:00Z', now)).toBe('17 days');
    expect(leftText('2026-11-21T00:00:00Z', now)).toBe('ended 3 days ago');
    // A day and ten years, ten seconds after they began.
    expect(leftText('2026-11-24T23:59:50Z', now)).toBe('24 hours');
    expect(durationText(3650 * DAY - 10_000)).toBe('10 years');
    // The day after, and a month after.
    expect(durationText(3649 * DAY - 3_600_000)).toBe('10 years');
    expect(durationText(3620 * DAY)).toBe('9.9 years');
    expect(durationText(365 * DAY - 3_600_000)).toBe('365 days');
    // To the same day of another year.
    expect(leftText('2126-11-24T00:00:00Z', now)).toBe('100 years');
    expect(leftText('2046-11-24T00:00:00Z', now)).toBe('20 years');
    expect(durationText(25 * 365 * DAY)).toBe('25 years');
  });
  test('UTC is exact and named', () => {
    expect(utcText('2026-12-11T13:05:09.999Z')).toBe('2026-12-11 13:05:09 UTC');
  });
});

test('ticks stand on month starts and keep their distance', () => {
  const marks = ticks(Date.parse('2026-11-01T00:00:01Z'), Date.parse('2028-11-24T00:00:00Z'), 9);
  expect(marks.length).toBeLessThanOrEqual(10);
  expect(marks.every((mark) => new Date(mark).toISOString().endsWith('-01T00:00:00.000Z'))).toBe(true);
});

test('a number is what looks like one, nothing else', () => {
  expect(['90', ' -1 ', '1.5', '+3'].map(parseNumber)).toEqual([90, -1, 1.5, 3]);
  expect(['', 'x', '1e9', '0x10', '1,5', '٣', 'Infinity'].map(parseNumber)).toEqual(Array(7).fill(null));
});
