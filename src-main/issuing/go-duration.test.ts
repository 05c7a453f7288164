import { expect, test } from 'vitest';
import { goDuration, readableDuration } from './go-duration.ts';

test.each([
  [0, '0s'],
  [59, '59s'],
  [300, '5m0s'],
  [3600, '1h0m0s'],
  [86_460, '24h1m0s'],
  [8760 * 3600 + 60, '8760h1m0s'],
  [-90, '-1m30s'],
])('Go prints %i seconds as %s', (seconds, text) => expect(goDuration(seconds)).toBe(text));

test.each([
  [0, '0 seconds'],
  [86_400, '24 hours'],
  [90 * 86_400, '90 days'],
  [86_400 + 6 * 3600 + 61, '1 day 6 hours'],
  [300, '5 minutes'],
  [-86_401, 'minus 1 day 1 second'],
  [Number.NaN, 'not a number'],
  [1e25, 'more than 1,000 years'],
])('%d seconds read as %s', (seconds, text) => expect(readableDuration(seconds)).toBe(text));
