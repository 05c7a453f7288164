// @vitest-environment happy-dom
/** The answers of a response, as they are read before it is published: nothing of a long list is left out. */
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import { ResponseBody } from './response-body.tsx';

afterEach(cleanup);

const LONG = Array.from({ length: 30 }, (_, at) => `10.${at}.0.0/16`);
const [OLD, NEW] = ['00DD5A24'.repeat(5), '7705CB9E'.repeat(5)];
const answer = (keyId: string, resources: string[]): ResponseReview['answers'][number] => ({
  child: 'online',
  keyId,
  what: 'issued',
  resources,
  notAfter: '2027-11-24T12:00:00.000Z',
});

const review = (answers: ResponseReview['answers']) =>
  ({
    answers,
    answersOpen: true,
    number: { before: '2', after: '3' },
    nextUpdate: null,
    signedAt: null,
    goodUntil: null,
    nonce: '',
    objects: { added: [], replaced: [], withdrawn: [], unchanged: 0 },
    timing: [],
  }) as unknown as ResponseReview;

test('a list that no row has room for stands below the rows, once for all keys that get it', () => {
  const { rerender } = render(<ResponseBody review={review([answer(OLD, LONG), answer(NEW, LONG)])} />);
  const full = within(screen.getByRole('region', { name: 'Resources in full' }));
  expect(full.getByText(LONG.join(', '))).toBeTruthy();
  expect(full.getByText('online, key 00DD 5A24 … 00DD 5A24; online, key 7705 CB9E … 7705 CB9E')).toBeTruthy();

  rerender(<ResponseBody review={review([answer(OLD, LONG), answer(NEW, LONG.slice(1))])} />);
  expect(full.getAllByText(/^online, key/)).toHaveLength(2);

  rerender(<ResponseBody review={review([answer(OLD, ['10.0.0.0/8'])])} />);
  expect(screen.queryByRole('region', { name: 'Resources in full' })).toBeNull();
});
