import { afterAll, beforeAll, expect, test } from 'vitest';
import { testCertificate } from '../testing/test-certificate.ts';
import { testVault } from '../testing/test-workspace.ts';
import type { InventoryQuery } from './commands/inventory.ts';
import type { Page, StoredCertificate } from './columns.ts';
import type { Store } from './store-contract.ts';

const ROWS = 3000;
const made = testVault();
let store: Store;
beforeAll(async () => {
  await made.create();
  ({ store } = made.vault.session());
  for (let batch = 0; batch < ROWS; batch += 1000)
    await store.run('objects.keep', {
      certificates: Array.from({ length: 1000 }, (_, at) => ({
        certificate: testCertificate(batch + at),
        issuerId: null,
        signed: [],
      })),
      requests: [],
      crls: [],
      audit: { action: 'inspect.keep', outcome: 'done', summary: 'a batch', subjects: [] },
    });
});
afterAll(() => made.remove());

const ASKED: InventoryQuery = {
  query: '',
  state: null,
  issuer: null,
  role: null,
  sort: 'name',
  descending: false,
  cursor: null,
  limit: 173,
};

/** Every page to the end. */
async function all(asked: Partial<InventoryQuery>): Promise<{ rows: StoredCertificate[]; total: number }> {
  const rows: StoredCertificate[] = [];
  for (let cursor: string | null = null; ;) {
    const page: Page<StoredCertificate> = await store.run('certificates.list', {
      ...ASKED,
      ...asked,
      cursor,
    });
    rows.push(...page.rows);
    if (page.cursor === null) return { rows, total: page.total };
    expect(page.rows).toHaveLength(ASKED.limit);
    ({ cursor } = page);
  }
}

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);
const every = Array.from({ length: ROWS }, (_, at) => testCertificate(at));

const SORTS = ['name', 'issuer', 'notAfter', 'key', 'state', 'added'] as const;

test.each(SORTS.flatMap((sort) => [false, true].map((descending) => ({ sort, descending }))))(
  'pages by cursor hold every row once: $sort, descending $descending',
  async ({ sort, descending }) => {
    const { rows, total } = await all({ sort, descending });
    expect(total).toBe(ROWS);
    expect(ids(rows).toSorted()).toEqual(ids(every).toSorted());
    // Equal values keep the order they came in, so that a page never begins in their middle again.
    if (sort === 'notAfter') {
      const ends = rows.map(({ notAfter }) => notAfter);
      expect(ends).toEqual(descending ? ends.toSorted().toReversed() : ends.toSorted());
    }
    if (sort === 'added') expect(ids(rows)).toEqual(descending ? ids(every).toReversed() : ids(every));
  },
);

test.each<[string, Partial<InventoryQuery>, (at: number) => boolean]>([
  ['authorities', { role: 'ca' }, (at) => at % 1000 === 0],
  ['leaves', { role: 'leaf' }, (at) => at % 1000 !== 0],
  ['a word of many', { query: 'internal' }, (at) => at % 4 === 2],
  ['two words', { query: 'internal alias-1' }, (at) => at % 4 === 2 && String(at).startsWith('1')],
  [
    'one serial, in pairs',
    { query: every[77]?.serial.replaceAll(/(..)(?!$)/g, '$1:') ?? '' },
    (at) => at === 77,
  ],
  ['nothing', { query: 'nowhere' }, () => false],
  [
    'a word and a state',
    { query: 'internal', state: 'expired', sort: 'notAfter' },
    (at) => at % 4 === 2 && Date.parse(every[at]?.notAfter ?? '') < made.clock.now().getTime(),
  ],
])('filter and search find what they should and nothing else, page by page: %s', async (_what, asked, is) => {
  const { rows, total } = await all(asked);
  const expected = ids(every.filter((_, at) => is(at)));
  expect(total).toBe(expected.length);
  expect(ids(rows).toSorted()).toEqual(expected.toSorted());
});

test('counts agree with the pages', async () => {
  const { total, states } = await store.run('certificates.counts', {
    query: '',
    state: null,
    issuer: null,
    role: null,
  });
  expect(total).toBe(ROWS);
  for (const { state, count } of states) expect((await all({ state })).total).toBe(count);
});

test('what is due and what is ahead is the most urgent, of all rows', async () => {
  const now = made.clock.now().getTime();
  const due = every
    .filter(({ renewAt }) => Date.parse(renewAt) <= now)
    .toSorted((a, b) => Date.parse(a.notAfter) - Date.parse(b.notAfter));
  const found = await store.run('certificates.due', { limit: 20 });
  expect(found.map(({ notAfter }) => notAfter)).toEqual(due.slice(0, 20).map(({ notAfter }) => notAfter));
  const ahead = await store.run('certificates.ahead', { limit: 20 });
  expect(ahead.slice(0, 3).every(({ isCa }) => isCa)).toBe(true);
  expect(ahead.filter(({ isCa }) => isCa)).toHaveLength(3);
});

test.each([
  ['no base64 of JSON', 'AAAA'],
  ['an object instead of a value', asCursor([{}, 1])],
  ['a list of lists', asCursor([[1], 1])],
  ['a text for the place', asCursor(['host', '1'])],
  ['a fraction for the place', asCursor(['host', 1.5])],
  ['too few', asCursor(['host'])],
  ['an object', asCursor({ value: 'host', seq: 1 })],
  ['no list', asCursor(null)],
])('a cursor that is none of ours is refused: %s', async (_what, given) => {
  await expect(store.run('certificates.list', { ...ASKED, cursor: given })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
  await expect(store.run('keys.list', { query: '', cursor: given, limit: 10 })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
});

function asCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
