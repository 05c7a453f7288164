/** Nothing is signed that main did not review itself, and no review is good for two signatures. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { testRandom } from '../testing/test-ports.ts';
import { draftOf, wizard } from '../testing/test-wizard.ts';
import type * as SecondReader from '../x509/second-reader.ts';
import { createHandedReviews } from './handed-reviews.ts';

const reader = vi.hoisted(() => ({ differs: [] as string[] }));
vi.mock('../x509/second-reader.ts', async (original) => {
  const { otherReading } = await original<typeof SecondReader>();
  return {
    otherReading: async (...args: Parameters<typeof otherReading>) => [
      ...reader.differs,
      ...(await otherReading(...args)),
    ],
  };
});

let app: TestApp;
beforeEach(async () => {
  reader.differs = [];
  app = await testApp();
  await app.create();
});
afterEach(() => app.remove());

const signing = async (asked: { draft: string; revision: number; digest: string }) =>
  app.ended((await app.call('ca.sign', asked)).job);

test('what the window computes for itself approves nothing', async () => {
  const data = draftOf('root', 'Unreviewed Root');
  const draft = await wizard(app).saved(data);
  const stored = (await app.call('drafts.get', { id: draft.draft })).data;
  const parts = ['baleen-review-1', draft.draft, draft.revision, stored, null, null, null, 'software'];
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  expect(await signing({ ...draft, digest })).toMatchObject({ state: 'failed', error: { code: 'CONFLICT' } });
  const review = await app.call('ca.review', draft);
  expect(review.digest).not.toBe((await app.call('ca.review', draft)).digest);
  expect(await signing({ ...draft, digest: review.digest })).toMatchObject({ state: 'done' });
});

test('the word of one review approves no other draft', async () => {
  const by = wizard(app);
  const [one, other] = [await by.saved(draftOf('root', 'One')), await by.saved(draftOf('root', 'Other'))];
  const { digest } = await app.call('ca.review', one);
  expect(await signing({ ...other, digest })).toMatchObject({ error: { code: 'CONFLICT' } });
  expect(await signing({ ...one, digest })).toMatchObject({ state: 'done' });
});

test('a word is used once, and ends with the session', () => {
  let session = {};
  const reviews = createHandedReviews({ random: testRandom, session: () => session as never });
  const word = reviews.hand('state');
  expect(() => reviews.require(word, 'another state')).toThrow(/changed since the review/);
  reviews.require(word, 'state');
  reviews.use(word);
  expect(() => reviews.use(word)).toThrow(/changed since the review/);
  expect(() => reviews.require(word, 'state')).toThrow(/changed since the review/);
  const second = reviews.hand('state');
  session = {};
  expect(() => reviews.require(second, 'state')).toThrow(/changed since the review/);
});

test('what a second reader reads otherwise is not signed, whenever it shows', async () => {
  const draft = await wizard(app).saved(draftOf('root', 'Plain'));
  const { digest } = await app.call('ca.review', draft);
  reader.differs = ['subject'];
  const said = expect.stringContaining('An independent reader sees something else');
  expect(await signing({ ...draft, digest })).toMatchObject({ state: 'failed', error: { message: said } });
  const review = await app.call('ca.review', draft);
  expect(review.digest).toBe('');
  expect(review.problems).toMatchObject([{ message: said }]);
  expect((await app.call('ca.certificates', {})).total).toBe(0);
});
