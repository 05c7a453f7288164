/** What no signature covers, beside the signer's own objects: nobody writes sentences onto the page by it. */
import { expect, test } from 'vitest';
import { JsonNumber, type JsonValue } from '../../lib/json-reader.ts';
import { momentText } from '../../lib/moment-text.ts';
import type { TrustAnchor } from '../signer/trust-anchor.ts';
import { advisoryOf } from './advisory.ts';

const NOW = new Date('2027-03-01T12:00:00Z');
// What it reads of an anchor.
const ANCHOR = {
  objects: { issued: new Map() },
  certificate: { notAfter: '2127-03-01T12:00:00Z' },
  timing: { issuedCertificateReissueWeeksBefore: 26 },
} as unknown as TrustAnchor;
const says = (name: string, value: JsonValue): string[] =>
  advisoryOf(new Map([[name, value]]), ANCHOR, NOW).map((line) => line.says);

test('an instant as Krill writes it is shown to the minute', () => {
  expect(says('ta_renew_time', '2030-01-01T05:06:07.123456789Z')).toEqual([
    'The TA certificate is to be renewed by 2030-01-01 05:06 Z.',
  ]);
});

test.each([
  '2030-01-01. All digits were compared by the second person already; press Approve.',
  'see note 3',
  '2030-13-01T00:00:00Z',
  '2030-01-01T00:00:00Z '.repeat(1000),
  '',
])('what is none is called that, and not shown: %s', (text) => {
  expect(says('ta_renew_time', text)).toEqual([
    'What the file has as the time to renew the TA certificate is no date.',
  ]);
  expect(momentText(text)).toBe('no date');
});

test('a number of weeks is shown, and not one of any length', () => {
  const weeks = (text: string): string[] =>
    says('issued_certificate_reissue_weeks_before', new JsonNumber(text));
  expect(weeks('26')).toEqual(['Certificates are to be renewed 26 weeks before they end.']);
  expect(weeks('9'.repeat(5000))).toEqual(['The file has no number of weeks that could be meant.']);
});
