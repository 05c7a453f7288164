/** A signature that comes to nothing costs nobody the digits: they stay, below the reason, until the response is signed. */
import { cleanup, screen } from '@testing-library/react';
import { beforeEach, afterEach, expect, test } from 'vitest';
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { fakeList } from '../signers/fake-signers.ts';
import { AT, endedJob, press, settle, show, type } from '../signers/fake-view.tsx';
import { Review } from './review.tsx';

const SAYS = '“TA token”: The device refused the PIN and has counted it. Type the right one.';
const same = { before: '1', after: '1' };
const REVIEW: ExchangeReview = {
  file: { name: 'request.json', size: 10, sha256: null },
  contentSha256: 'AB'.repeat(32),
  verdict: { severity: 'good', title: 'It can be signed.', checks: [] },
  faults: [],
  unusual: [],
  nonce: { value: 'n', state: 'new', exchange: null, number: null, differs: [] },
  signedAt: AT,
  goodUntil: null,
  children: [],
  quietChildren: 0,
  outcome: {
    number: { before: '1', after: '2' },
    numberReason: null,
    nextUpdate: AT,
    certificates: same,
    revoked: same,
    taNotAfter: null,
    key: null,
  },
  advisory: [],
  groups: [3, 7],
  airGapped: true,
  approvers: 1,
  readable: true,
  dateAsked: null,
  canSign: true,
};

let bridge: FakeBridge;
beforeEach(() => {
  dropWorkspaceData();
  let jobs = 0;
  bridge = installBridge({
    'ta.review': () => REVIEW,
    'ta.approve': () => {
      jobs += 1;
      return { job: `j-${jobs}` };
    },
    'jobs.get': ({ id }: { id: string }) => endedJob(id, { code: 'SIGNER_UNAVAILABLE', message: SAYS }),
    'signers.list': () => fakeList(),
  });
});
afterEach(cleanup);

test('after a refused PIN the review and the digits are there, with the reason above; “Try again” keeps them as well', async () => {
  await show(Review, '/trust-anchor/review/r-1');
  type('Group 3', 'ab12');
  type('Group 7', 'cd34');
  await press('Sign response 2');
  await settle();
  const digits = () => [3, 7].map((group) => screen.getByLabelText<HTMLInputElement>(`Group ${group}`).value);
  expect(screen.getByText(SAYS)).toBeTruthy();
  expect(screen.getByText('Signing will make')).toBeTruthy();
  expect(digits()).toEqual(['ab12', 'cd34']);
  await press('Sign response 2');
  await settle();
  await press('Try again');
  expect(screen.queryByText(SAYS)).toBeNull();
  expect(digits()).toEqual(['ab12', 'cd34']);
  await press('Sign response 2');
  expect(bridge.callsOf('ta.approve')).toHaveLength(3);
  expect(bridge.callsOf('ta.approve')[2]).toMatchObject({ groups: ['ab12', 'cd34'] });
});
