/** What stays on the screen when a signature comes to nothing: the review, with the reason above it. */
import { act, cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IssueDraft, Review } from '#shared/contract/issue-draft.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { fakeList } from '../signers/fake-signers.ts';
import { AT, endedJob, press, settle, show } from '../signers/fake-view.tsx';
import { Issue } from './issue.tsx';

const SAYS = 'The device refused the PIN and has counted it. Type the right one.';
const DATA: IssueDraft = {
  purpose: 'intermediate',
  issuer: 'crt-1',
  subject: [{ type: 'CN', value: 'Vault Intermediate' }],
  key: { from: 'new', algorithm: 'p-256', label: '', signer: 'signer-1' },
  replaces: null,
  lifetimeSeconds: 86_400,
  backdateSeconds: 60,
  outlive: 'cap',
  pathLength: 0,
  leafLimits: { minSeconds: 300, defaultSeconds: 86_400, maxSeconds: 86_400 },
  names: { dns: '', ip: '', uri: '', email: '' },
  status: { mode: 'none' },
  namesPermitted: '',
};
const REVIEW: Review = {
  digest: 'd',
  problems: [],
  lines: [{ label: 'subject', value: 'CN=Vault Intermediate', note: '', mono: true }],
  findings: [],
  notGranted: [],
  chain: [],
  command: 'openssl',
  trial: { ok: true, text: '' },
};

let bridge: FakeBridge;
let review: (asked: number) => Promise<Review> | Review;
let job: object;
beforeEach(() => {
  dropWorkspaceData();
  review = () => REVIEW;
  job = endedJob('j-1', { code: 'SIGNER_UNAVAILABLE', message: SAYS });
  let asked = 0;
  bridge = installBridge({
    'drafts.get': () => ({
      ...{ id: 'dra-1', kind: 'ca.issue', revision: 1, step: 'review', updatedAt: AT },
      ...{ data: DATA, result: null },
    }),
    'drafts.save': () => ({ revision: 1 }),
    'ca.review': () => {
      asked += 1;
      return review(asked);
    },
    'ca.sign': () => ({ job: 'j-1' }),
    'jobs.get': () => job,
    'signers.list': () => fakeList(),
  });
});
afterEach(cleanup);

const sign = () => screen.getByRole('button', { name: 'Sign intermediate CA' });
const subject = () => screen.queryByText('CN=Vault Intermediate');

test('a refused PIN: its error stands above the whole review, and Sign begins anew', async () => {
  await show(Issue, '/issue/dra-1/review');
  await press('Sign intermediate CA');
  await settle();
  const error = screen.getByText(SAYS);
  const shown = subject();
  expect(shown).not.toBeNull();
  expect(error.compareDocumentPosition(shown ?? error) & Node.DOCUMENT_POSITION_FOLLOWING).toBeGreaterThan(0);
  expect(sign().getAttribute('aria-disabled')).not.toBe('true');
  await press('Sign intermediate CA');
  expect(bridge.callsOf('ca.sign')).toHaveLength(2);
});

test('while it is signed the review stays to be read', async () => {
  job = { ...endedJob('j-1'), state: 'running', endedAt: null, cancellable: true };
  await show(Issue, '/issue/dra-1/review');
  await press('Sign intermediate CA');
  expect(screen.getByRole('progressbar')).toBeTruthy();
  expect(subject()).not.toBeNull();
});

test('after a cancelled one it is looked at anew, and nothing can be signed before it is there', async () => {
  job = { ...endedJob('j-1'), state: 'cancelled' };
  const later = Promise.withResolvers<Review>();
  review = (asked) => (asked === 1 ? REVIEW : later.promise);
  await show(Issue, '/issue/dra-1/review');
  await press('Sign intermediate CA');
  expect(subject()).toBeNull();
  fireEvent.click(sign());
  await settle();
  expect(bridge.callsOf('ca.sign')).toHaveLength(1);
  await act(async () => later.resolve(REVIEW));
  await settle();
  expect(subject()).not.toBeNull();
});
