import { expect, test } from 'vitest';
import { checkLimits, decideLifetime, type LeafLimits } from './lifetime.ts';
import { PROFILES } from './profiles/index.ts';

const now = new Date('2026-11-24T12:00:00.750Z');
const STEP: LeafLimits = { minSeconds: 300, defaultSeconds: 86_400, maxSeconds: 86_400 };
const HOUR = 3600;
const DAY = 86_400;

function leaf(
  lifetimeSeconds: number,
  more: {
    limits?: LeafLimits;
    outlive?: 'refuse' | 'cap';
    backdateSeconds?: number;
    issuerEnd?: string;
  } = {},
) {
  return decideLifetime(
    { lifetimeSeconds, backdateSeconds: more.backdateSeconds ?? 60, outlive: more.outlive ?? 'refuse' },
    {
      now,
      profile: PROFILES['step-server'],
      issuer: {
        notBefore: new Date('2026-11-24T11:59:00Z'),
        notAfter: new Date(more.issuerEnd ?? '2036-11-21T12:00:00Z'),
      },
      limits: more.limits ?? STEP,
    },
  );
}

test('24 h: begins a minute earlier, ends after 24 h to the second', () => {
  expect(leaf(DAY).validity).toEqual({
    notBefore: new Date('2026-11-24T11:59:00Z'),
    notAfter: new Date('2026-11-25T12:00:00Z'),
  });
});

test("step's words for too long and too short", () => {
  expect(leaf(8760 * HOUR).problems).toEqual([
    {
      path: 'lifetimeSeconds',
      message: '365 days is longer than this authority allows (24 hours).',
      quote:
        'requested duration of 8760h1m0s is more than the authorized maximum certificate duration of 24h1m0s',
      fix: 'Choose a shorter lifetime, or raise the limit for this CA.',
    },
  ]);
  expect(leaf(60).problems).toMatchObject([
    {
      message: '1 minute is shorter than this authority allows (5 minutes).',
      quote: 'requested duration of 2m0s is less than the authorized minimum certificate duration of 5m0s',
    },
  ]);
  expect(leaf(8760 * HOUR, { limits: { ...STEP, maxSeconds: 365 * DAY } }).problems).toEqual([]);
});

test.each([0, -1, -DAY, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a lifetime of %d s is refused',
  (seconds) => {
    expect(leaf(seconds)).toMatchObject({ validity: null, problems: [{ path: 'lifetimeSeconds' }] });
  },
);

test('36500 days are refused for a leaf and for an authority', () => {
  expect(leaf(36_500 * DAY).problems[0]?.quote).toMatch(/requested duration of 876000h1m0s is more than/);
  const root = decideLifetime(
    { lifetimeSeconds: 36_500 * DAY, backdateSeconds: 60, outlive: 'refuse' },
    { now, profile: PROFILES['step-root'], issuer: null, limits: null },
  );
  expect(root.problems[0]?.message).toBe(
    '36500 days is more than Root CA certificates may live here (10950 days).',
  );
});

test('outliving the issuer is refused or capped, as chosen', () => {
  const issuerEnd = '2026-11-25T00:00:00Z';
  expect(leaf(DAY, { issuerEnd }).problems[0]?.message).toMatch(
    /outlive its issuer, which ends on 2026-11-25 00:00:00 UTC/,
  );
  const capped = leaf(DAY, { issuerEnd, outlive: 'cap' });
  expect(capped.validity?.notAfter).toEqual(new Date(issuerEnd));
  expect(capped.notes).toEqual(['ends with its issuer on 2026-11-25 00:00:00 UTC']);
});

test('a leaf cut down to its issuer is still held to the least its authority allows', () => {
  const short = leaf(DAY, { issuerEnd: '2026-11-24T12:02:00Z', outlive: 'cap' });
  expect(short.validity).toBeNull();
  expect(short.problems).toMatchObject([
    {
      path: 'lifetimeSeconds',
      quote: expect.stringContaining(
        'duration of 3m0s is less than the authorized minimum certificate duration of 5m0s',
      ),
    },
  ]);
  // Without limits the profile's own least holds, for an authority as for a leaf.
  const authority = decideLifetime(
    { lifetimeSeconds: 3650 * DAY, backdateSeconds: 60, outlive: 'cap' },
    {
      now,
      profile: PROFILES['step-intermediate'],
      issuer: { notBefore: new Date('2026-11-24T11:59:00Z'), notAfter: new Date('2026-11-24T12:00:30Z') },
      limits: null,
    },
  );
  expect(authority.problems[0]?.message).toMatch(/: Intermediate CA: at least/);
});

test('an expired issuer signs nothing', () => {
  expect(leaf(DAY, { issuerEnd: '2026-11-24T11:59:30Z', outlive: 'cap' }).problems).toMatchObject([
    { path: 'issuer', message: 'CA expired on 2026-11-24 11:59:30 UTC.' },
  ]);
});

test('back-dating past the beginning of the issuer begins with it; too much is refused', () => {
  const early = leaf(DAY, { backdateSeconds: HOUR });
  expect(early.validity?.notBefore).toEqual(new Date('2026-11-24T11:59:00Z'));
  expect(early.notes).toEqual(['begins with its issuer']);
  expect(leaf(DAY, { backdateSeconds: DAY + 1 }).problems[0]?.path).toBe('backdateSeconds');
  expect(leaf(DAY, { backdateSeconds: -1 }).problems[0]?.path).toBe('backdateSeconds');
});

test('limits of an authority', () => {
  expect(checkLimits(STEP)).toEqual([]);
  expect(checkLimits({ ...STEP, defaultSeconds: 100 })[0]?.message).toMatch(/between/);
  expect(checkLimits({ ...STEP, minSeconds: 0 })[0]?.message).toMatch(/above zero/);
  expect(checkLimits({ ...STEP, maxSeconds: 36_500 * DAY })[0]?.message).toMatch(/too long for a leaf/);
});
