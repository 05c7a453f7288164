/** What signing made, on the page of an exchange that is done: what is known of it, and no more. */
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import { ReviewBody } from './review-body.tsx';

afterEach(cleanup);
const none = { kept: [], added: [], removed: [] };
const wish = {
  keyId: 'AB'.repeat(20),
  what: 'new',
  repository: 'rsync://child.example.net/repo/',
  manifest: '',
  notify: '',
  limit: [],
  before: null,
  validUntil: '2027-11-27T00:00:00.000Z',
  problems: [],
};
const review = {
  readable: true,
  children: [{ handle: 'online', known: false, asn: none, ipv4: none, ipv6: none, wishes: [wish] }],
  quietChildren: 0,
  signedAt: null,
  outcome: {
    number: { before: '2', after: '10' },
    numberReason: 'The old signer had reached 9.',
    nextUpdate: '2027-02-20T00:00:00.000Z',
    certificates: { before: '0', after: '1' },
    revoked: { before: '0', after: '0' },
    taNotAfter: null,
    key: null,
  },
  advisory: [{ says: 'Certificates are to be renewed 26 weeks before they end.', own: null }],
} as unknown as ExchangeReview;

test('the number with its reason, the end of each certificate; nothing of what is set or lies somewhere today', () => {
  render(<ReviewBody review={review} past />);
  const text = document.body.textContent ?? '';
  expect(text).toContain('Signing made');
  expect(text).toContain('Number chosen, becauseThe old signer had reached 9.');
  expect(text).toMatch(/Its certificatevalid until 27 Nov 2027/);
  expect(text).toContain('No other child had a certificate.');
  expect(text).not.toMatch(/Will be valid|Key in|TA certificate/);
  expect(screen.getByText(/26 weeks before they end/)).toBeTruthy();
});
