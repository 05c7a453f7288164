/** What lies on the timeline of a trust anchor: its exchanges, and every date that its files name. No component. */
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { RecordEvent } from '#shared/contract/ta-record.ts';
import type { ExchangeRow, SignerView } from '#shared/contract/ta.ts';
import { EVENT_WORD } from './record-words.ts';

export interface TimelinePoint {
  id: string;
  at: string;
  says: string;
  /** The exchange, or the entry beside the exchanges, that it is; null: it leads nowhere. */
  opens: { view: 'ta-exchange' | 'ta-record-event'; id: string } | null;
}

export interface TimelineBar {
  from: string;
  to: string;
  says: string;
}

export interface TimelineLane {
  name: string;
  points: readonly TimelinePoint[];
  bars: readonly TimelineBar[];
}

export interface TimelineInput {
  exchanges: readonly ExchangeRow[];
  events: readonly RecordEvent[];
  signer: SignerView | null;
  proxy: ProxyView | null;
}

const DAY_MS = 86_400_000;

function exchangeSays({ number, half, children, issued, revoked }: ExchangeRow): string {
  return [
    `Exchange ${number}${half === 'proxy' ? ', taken by the proxy' : ''}`,
    ...(children.length > 0 ? [children.join(', ')] : []),
    ...(issued > 0 ? [`${issued} issued`] : []),
    ...(revoked > 0 ? [`${revoked} revoked`] : []),
  ].join('; ');
}

/** How long the newest message may still be used. */
function messages({ exchanges, signer, proxy }: TimelineInput): TimelineBar[] {
  if (proxy?.open)
    return [{ from: proxy.open.madeAt, to: proxy.open.goodUntil, says: 'The open request may be answered' }];
  const last = exchanges.find(({ half }) => half === 'signer');
  if (proxy !== null || signer === null || last === undefined) return [];
  const to = new Date(Date.parse(last.at) + signer.timing.signedMessageValidityDays * DAY_MS);
  return [{ from: last.at, to: to.toISOString(), says: `Response ${last.number} may be taken by the proxy` }];
}

/** From when each certificate of a child is renewed. */
function renewals({ signer, proxy }: TimelineInput): TimelinePoint[] {
  const keys =
    signer?.issued.map(({ child, keyId, renewAt }) => ({ child: child || 'a child', keyId, renewAt })) ??
    proxy?.children.flatMap(({ handle, keys: held }) =>
      held.flatMap(({ keyId, renewAt }) => (renewAt === null ? [] : [{ child: handle, keyId, renewAt }])),
    ) ??
    [];
  return keys.map(({ child, keyId, renewAt }) => ({
    id: keyId,
    at: renewAt,
    says: `${child} is due for renewal`,
    opens: null,
  }));
}

/** The lanes, from what was to what will be; a lane with nothing on it is left out. */
export function timelineOf(input: TimelineInput): TimelineLane[] {
  const { exchanges, events, signer, proxy } = input;
  const anchor = signer ?? proxy?.signer ?? null;
  const lanes: TimelineLane[] = [
    {
      name: 'Exchanges',
      points: exchanges.map((row) => ({
        id: row.id,
        at: row.at,
        says: exchangeSays(row),
        opens: { view: 'ta-exchange', id: row.id },
      })),
      bars: [],
    },
    {
      name: 'Reissues, refusals',
      points: events.map(({ seq, at, kind, says }) => ({
        id: String(seq),
        at,
        says: `${EVENT_WORD[kind].title}: ${says}`,
        opens: { view: 'ta-record-event', id: String(seq) },
      })),
      bars: [],
    },
    { name: 'Message', points: [], bars: messages(input) },
    {
      name: 'Manifest and CRL',
      points: [],
      bars:
        anchor === null
          ? []
          : [{ from: anchor.thisUpdate, to: anchor.nextUpdate, says: `Number ${anchor.number} is in force` }],
    },
    { name: 'Renewals', points: renewals(input), bars: [] },
    {
      name: 'TA certificate',
      points: [],
      bars:
        anchor === null
          ? []
          : [
              {
                from: anchor.certificate.notBefore,
                to: anchor.certificate.notAfter,
                says: 'The TA certificate is valid',
              },
            ],
    },
  ];
  return lanes.filter(({ points, bars }) => points.length + bars.length > 0);
}

export interface Cluster {
  /** 0..1 of the width. */
  share: number;
  points: readonly TimelinePoint[];
}

/** Points so near to each other that they would lie on one another are one; those outside are left out. */
export function clustersOf(
  points: readonly TimelinePoint[],
  span: { from: number; to: number },
  nearest = 0.02,
): Cluster[] {
  const placed = points
    .map((point) => ({ point, share: (Date.parse(point.at) - span.from) / (span.to - span.from) }))
    .filter(({ share }) => share >= 0 && share <= 1)
    .toSorted((a, b) => a.share - b.share);
  const clusters: { share: number; points: TimelinePoint[] }[] = [];
  for (const { point, share } of placed) {
    const last = clusters.at(-1);
    if (last !== undefined && share - last.share < nearest) last.points.push(point);
    else clusters.push({ share, points: [point] });
  }
  return clusters;
}

export interface DatedLine {
  at: string;
  says: string;
}

/** The same in words, oldest first. */
export function linesOf(lanes: readonly TimelineLane[]): DatedLine[] {
  return lanes
    .flatMap(({ points, bars }) => [
      ...points.map(({ at, says }) => ({ at, says })),
      ...bars.flatMap(({ from, to, says }) => [
        { at: from, says: `${says} from here` },
        { at: to, says: `${says} until here` },
      ]),
    ])
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
