import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Review } from '#shared/contract/issue-draft.ts';
import { StepReview } from './step-review.tsx';

afterEach(cleanup);
const names = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ type: 'dns' as const, value: `host-${at}.example` }));
const line = (label: string, value: string, more = {}) => ({ label, value, note: '', mono: true, ...more });

function review(count: number): Review {
  return {
    digest: 'd',
    problems: [],
    lines: [
      line('authorityKeyIdentifier', '959c6b9d2fade465571eb3513e76e98b77e8572c', { hex: true }),
      line('subjectAltName', 'dns:…', { names: names(count) }),
    ],
    findings: [],
    notGranted: ['DNS name *.example.net'],
    chain: [],
    command: 'openssl',
    trial: { ok: true, text: '' },
  };
}

test('identifiers of keys stand in groups; what a request does not get is listed', () => {
  render(<StepReview review={review(2)} onStep={() => undefined} />);
  expect(screen.getByRole('button', { name: /authorityKeyIdentifier/ }).textContent).toBe(
    '959C 6B9D 2FAD E465 571E B351 3E76 E98B 77E8 572C',
  );
  expect(screen.getByText('host-1.example')).toBeTruthy();
  expect(screen.queryByRole('heading', { name: 'Names' })).toBeNull();
  expect(screen.getByText('DNS name *.example.net')).toBeTruthy();
});

test('many names get a card of their own over the whole width', () => {
  render(<StepReview review={review(100)} onStep={() => undefined} />);
  expect(screen.getByText('100 names, listed below')).toBeTruthy();
  const card = screen.getByRole('region', { name: 'Names' });
  expect(card.closest('.columns')).toBeNull();
  expect(within(card).getByText('12 of 100 shown')).toBeTruthy();
});
