// @vitest-environment happy-dom
/** What a response brings a child, as it is read before it is published: beside what it had, and nothing of a long list left out. */
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import { ResponseBody } from './response-body.tsx';

afterEach(cleanup);

const LONG = Array.from({ length: 30 }, (_, at) => `10.${at}.0.0/16`);
const [OLD, NEW] = ['00DD5A24'.repeat(5), '7705CB9E'.repeat(5)];
const none = { kept: [], added: [], removed: [] };
type Child = ResponseReview['children'][number];
const wish = (keyId: string, what: Child['wishes'][number]['what']): Child['wishes'][number] => ({
  keyId,
  what,
  repository: '',
  manifest: '',
  notify: '',
  limit: [],
  before: null,
  validUntil: null,
  problems: [],
});
const child = (handle: string, more: Partial<Child>): Child => ({
  handle,
  known: true,
  asn: none,
  ipv4: none,
  ipv6: none,
  wishes: [],
  ...more,
});

const review = {
  children: [
    child('kid2', {
      ipv4: { kept: ['192.0.2.0/24'], added: ['172.16.0.0/12'], removed: ['10.1.0.0/16'] },
      wishes: [wish(NEW, 'rekey'), wish(OLD, 'revoke')],
    }),
    child('other', {
      wishes: [
        {
          ...wish(OLD, 'renew'),
          problems: [{ text: 'the signer did not answer it', clause: 'Krill’s exchange format' }],
        },
      ],
    }),
  ],
  answers: [{ child: 'kid2', keyId: NEW, what: 'issued', resources: LONG, notAfter: null }],
  answersOpen: true,
  number: { before: '2', after: '3' },
  certificates: { before: '2', after: '2' },
  revoked: { before: '0', after: '1' },
  nextUpdate: null,
  signedAt: null,
  goodUntil: null,
  nonce: '',
  objects: { added: [], replaced: [], withdrawn: [], unchanged: 0 },
  timing: [],
} as unknown as ResponseReview;

test('a child is shown before and after, with each certificate in full and the numbers of all', () => {
  render(<ResponseBody review={review} />);
  const row = within(screen.getByRole('row', { name: /^IPv4/ }));
  const [before, after] = row.getAllByRole('cell').slice(1);
  expect(before?.textContent).toBe('192.0.2.0/2410.1.0.0/16 removed');
  expect(after?.textContent).toBe('192.0.2.0/24172.16.0.0/12 added');
  expect(screen.getByText(LONG.join(', '))).toBeTruthy();
  const made = within(screen.getByRole('region', { name: 'Publishing makes' }));
  expect(made.getByText('2, 1 new, 1 renewed, 1 revoked')).toBeTruthy();
  expect(made.getByText(/^0 →/).textContent).toBe('0 → 1');

  fireEvent.click(screen.getByRole('button', { name: /^other/ }));
  expect(screen.getByText(/the signer did not answer it/)).toBeTruthy();
});

test('where nothing was asked, or it answers another request, it says so', () => {
  const { rerender } = render(<ResponseBody review={{ ...review, children: [], answers: [] }} />);
  expect(screen.getByText(/renews manifest and CRL only/)).toBeTruthy();
  rerender(<ResponseBody review={{ ...review, children: [], answers: [], answersOpen: false }} />);
  expect(screen.getByText(/nothing to compare its answers with/)).toBeTruthy();
});
