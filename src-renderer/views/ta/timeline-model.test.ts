import { expect, test } from 'vitest';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { RecordEvent } from '#shared/contract/ta-record.ts';
import type { ExchangeRow, SignerView } from '#shared/contract/ta.ts';
import { clustersOf, linesOf, timelineOf } from './timeline-model.ts';

const row = (number: string, at: string, part: Partial<ExchangeRow> = {}): ExchangeRow => ({
  id: `x-${number}`,
  half: 'signer',
  at,
  number,
  nonce: '',
  issued: 0,
  revoked: 0,
  children: [],
  nextUpdate: at,
  how: '',
  approvedBy: [],
  requestSha256: '',
  responseSha256: '',
  ...part,
});
const EXCHANGES = [
  row('3', '2026-11-24T02:00:00Z'),
  row('2', '2026-11-24T01:00:00Z', { issued: 1, revoked: 2, children: ['online'] }),
];
const EVENTS: RecordEvent[] = [
  {
    seq: 9,
    at: '2026-11-24T03:00:00Z',
    half: 'signer',
    kind: 'rejected',
    says: 'Rejected request N: nobody announced it',
    subjects: [],
  },
];
const ANCHOR = {
  number: '3',
  thisUpdate: '2026-11-24T02:00:00Z',
  nextUpdate: '2027-02-16T02:00:00Z',
  certificate: { notBefore: '2026-11-24T00:00:00Z', notAfter: '2126-11-24T00:00:00Z' },
};
const SIGNER = {
  ...ANCHOR,
  timing: { signedMessageValidityDays: 14 },
  issued: [{ child: 'online', keyId: 'AA', renewAt: '2027-05-25T00:00:00Z' }],
} as unknown as SignerView;
const names = (lanes: ReturnType<typeof timelineOf>): string[] => lanes.map(({ name }) => name);

test('a signer has its exchanges, how long its response may be taken, its objects, renewals and certificate', () => {
  const lanes = timelineOf({ exchanges: EXCHANGES, events: EVENTS, signer: SIGNER, proxy: null });
  expect(names(lanes)).toEqual([
    'Exchanges',
    'Reissues, refusals',
    'Message',
    'Manifest and CRL',
    'Renewals',
    'TA certificate',
  ]);
  expect(lanes[1]?.points).toEqual([
    {
      id: '9',
      at: '2026-11-24T03:00:00Z',
      says: 'Rejected request: Rejected request N: nobody announced it',
      opens: { view: 'ta-record-event', id: '9' },
    },
  ]);
  expect(lanes[0]?.points[1]).toEqual({
    id: 'x-2',
    at: '2026-11-24T01:00:00Z',
    says: 'Exchange 2; online; 1 issued; 2 revoked',
    opens: { view: 'ta-exchange', id: 'x-2' },
  });
  expect(lanes[2]?.bars).toEqual([
    {
      from: '2026-11-24T02:00:00Z',
      to: '2026-12-08T02:00:00.000Z',
      says: 'Response 3 may be taken by the proxy',
    },
  ]);
  const lines = linesOf(lanes);
  expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted());
  expect(lines.at(-1)).toEqual({
    at: '2126-11-24T00:00:00Z',
    says: 'The TA certificate is valid until here',
  });
});

test('a proxy has its open request and the renewals of its children; nothing has no lane', () => {
  const proxy = {
    open: { madeAt: '2026-11-25T00:00:00Z', goodUntil: '2026-12-09T00:00:00Z' },
    signer: ANCHOR,
    children: [{ handle: 'online', keys: [{ keyId: 'AA', renewAt: null }] }],
  } as unknown as ProxyView;
  const lanes = timelineOf({ exchanges: [], events: [], signer: null, proxy });
  expect(names(lanes)).toEqual(['Message', 'Manifest and CRL', 'TA certificate']);
  expect(lanes[0]?.bars[0]?.to).toBe('2026-12-09T00:00:00Z');
  expect(timelineOf({ exchanges: [], events: [], signer: null, proxy: null })).toEqual([]);
});

test('points that would lie on one another are one, those outside are left out', () => {
  const points = ['00', '10', '11', '90'].map((at) => ({
    id: at,
    at: new Date(Number(at)).toISOString(),
    says: at,
    opens: null,
  }));
  const found = clustersOf(points, { from: 5, to: 95 });
  expect(found.map((cluster) => cluster.points.map(({ id }) => id))).toEqual([['10', '11'], ['90']]);
  expect(clustersOf(points, { from: 0, to: 50 }, 0.001)).toHaveLength(3);
});
