import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, test } from 'vitest';
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import { installBridge, Refusal } from '../../app/fake-bridge.ts';
import { Approval, type Typed } from './approval.tsx';

afterEach(cleanup);
const review = {
  groups: [3],
  approvers: 1,
  canSign: true,
  airGapped: true,
  dateAsked: null,
  outcome: { number: { before: '1', after: '2' } },
} as unknown as ExchangeReview;

function Typing() {
  const [typed, onTyped] = useState<Typed | null>(null);
  return (
    <Approval {...{ id: 'r-1', review, number: null, typed, onTyped }} onNumber={() => {}} onJob={() => {}} />
  );
}

async function refusedWith(path: string, message: string): Promise<void> {
  installBridge({
    'ta.approve': () => {
      const fields = [{ path, message: `${message} (field)` }];
      throw new Refusal({ code: 'INVALID_INPUT', message, ref: 'r', details: { fields } });
    },
  });
  render(<Typing />);
  fireEvent.change(screen.getByLabelText('Group 3'), { target: { value: 'zzzz' } });
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Sign response 2' })));
}

test('digits that are others have a heading of their own, and are marked at the field', async () => {
  await refusedWith('groups.3', 'Group 3 of the digest is another one.');
  expect((await screen.findByRole('alert')).textContent).toContain('The digits are not those of this file.');
  expect(screen.getByText('Group 3 of the digest is another one. (field)')).toBeTruthy();
  expect(screen.queryByText('Something in the input does not fit')).toBeNull();
});

test('what is no group is said at its field alone', async () => {
  await refusedWith('typed.3', 'Not a group.');
  expect(await screen.findByText('Not a group. (field)')).toBeTruthy();
  expect(screen.queryByText(/not those of this file/)).toBeNull();
  expect(screen.queryByText('Something in the input does not fit')).toBeNull();
});
