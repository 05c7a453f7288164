/**
 * What stands in the record of a trust anchor beside its exchanges: reissues, and messages that were refused, rejected or withdrawn.
 * The audit has them, each with its reason and hashes; here they are found in it.
 */
import type { AuditRecord } from '#shared/contract/audit.ts';
import type { RecordEvent } from '#shared/contract/ta-record.ts';
import { AppError } from '../lib/app-error.ts';
import type { JsonValue } from '../lib/json-reader.ts';
import { toJson } from '../lib/json-shape.ts';
import type { Session } from '../store/store-contract.ts';
import { DONE_AT, STORE_REFUSAL, STORE_REISSUE } from './signer/store-events.ts';

type Half = RecordEvent['half'];
interface Wanted {
  action: string;
  outcome: AuditRecord['outcome'];
  half: Half;
  kind: RecordEvent['kind'];
  /** Only where it is about one of this type. */
  subject?: string;
}

/** Actions under which a message that does not hold is on record. */
export const REFUSED_REQUEST = 'ta.review';
/** What the refusal to sign is about, where the digits that were typed are those of another file. */
export const OTHER_DIGITS = 'request-content';
export const REFUSED_RESPONSE = 'ta.responseReview';
export const REFUSED_INFO = 'ta.signerInfo';

const WANTED: readonly Wanted[] = [
  { action: 'ta.reissue', outcome: 'done', half: 'signer', kind: 'reissued' },
  // What krillta did before its store was taken over.
  { action: STORE_REISSUE, outcome: 'done', half: 'signer', kind: 'reissued' },
  { action: STORE_REFUSAL, outcome: 'refused', half: 'signer', kind: 'refused' },
  { action: 'ta.goOn', outcome: 'done', half: 'signer', kind: 'went-on' },
  { action: 'ta.setApprovers', outcome: 'done', half: 'signer', kind: 'rule' },
  // With its request it stands among the exchanges as well.
  { action: 'ta.takeBack', outcome: 'done', half: 'signer', kind: 'taken-back' },
  { action: 'ta.openTakeBack', outcome: 'refused', half: 'signer', kind: 'refused' },
  { action: 'ta.reject', outcome: 'done', half: 'signer', kind: 'rejected' },
  { action: REFUSED_REQUEST, outcome: 'refused', half: 'signer', kind: 'refused' },
  { action: 'ta.approve', outcome: 'refused', half: 'signer', kind: 'refused', subject: OTHER_DIGITS },
  // What is no such file at all.
  { action: 'ta.openRequest', outcome: 'refused', half: 'signer', kind: 'refused' },
  // What Krill sent that is no request, and what it did not take of a response; not what failed on the way.
  { action: 'ta.krillRequest', outcome: 'refused', half: 'signer', kind: 'refused', subject: 'file' },
  { action: 'ta.krillRespond', outcome: 'refused', half: 'signer', kind: 'refused', subject: 'response' },
  // What the exchange station did not hand over: altered on its way, or somebody else's.
  { action: 'ta.stickOpen', outcome: 'refused', half: 'signer', kind: 'refused', subject: 'request' },
  { action: 'ta.cancelRequest', outcome: 'done', half: 'proxy', kind: 'withdrawn' },
  { action: REFUSED_RESPONSE, outcome: 'refused', half: 'proxy', kind: 'refused' },
  // Also the first one: from whom everything after it comes.
  { action: 'ta.associate', outcome: 'done', half: 'proxy', kind: 'taken-over' },
  { action: 'ta.associate', outcome: 'refused', half: 'proxy', kind: 'refused' },
  { action: REFUSED_INFO, outcome: 'refused', half: 'proxy', kind: 'refused' },
  { action: 'ta.openSignerInfo', outcome: 'refused', half: 'proxy', kind: 'refused' },
  { action: 'ta.openResponse', outcome: 'refused', half: 'proxy', kind: 'refused' },
  // Found when it was judged once more to be published.
  { action: 'ta.takeResponse', outcome: 'refused', half: 'proxy', kind: 'refused', subject: 'response' },
  { action: 'ta.stickOpen', outcome: 'refused', half: 'proxy', kind: 'refused', subject: 'response' },
];

function eventOf({ seq, at, action, outcome, summary, subjects }: AuditRecord): RecordEvent | null {
  const is = WANTED.find(
    (one) =>
      one.action === action &&
      one.outcome === outcome &&
      (one.subject === undefined || subjects.some(({ type }) => type === one.subject)),
  );
  if (is === undefined) return null;
  const doneAt = subjects.find(({ type }) => type === DONE_AT)?.id;
  return {
    ...{ seq, at: doneAt ?? at, half: is.half, kind: is.kind, says: summary },
    subjects: subjects.filter(({ type }) => type !== DONE_AT),
  };
}

/** Newest first; `half` null: of both. */
export async function recordEvents(
  { store }: Session,
  { half, cursor, limit }: { half: Half | null; cursor: string | null; limit: number },
): Promise<{ total: number; rows: RecordEvent[]; cursor: string | null }> {
  const wanted = WANTED.filter((one) => half === null || one.half === half);
  const page = await store.run('audit.ofActions', { wanted, cursor, limit });
  return { ...page, rows: page.rows.flatMap((record) => eventOf(record) ?? []) };
}

/** Throws AppError NOT_FOUND: also for an entry that is none of these. */
export async function recordEvent({ store }: Session, seq: number): Promise<RecordEvent> {
  const record = await store.run('audit.get', { seq });
  const event = record === null ? null : eventOf(record);
  if (event === null) throw new AppError('NOT_FOUND', `Entry ${seq} of the audit is none of this record.`);
  return event;
}

const PAGE = 500;

/** record.json: all of one half, oldest first. krillta's own files (exchanges.txt, exchanges.json) have no place for them. */
export async function recordJson(session: Session, half: Half): Promise<JsonValue> {
  const all: RecordEvent[] = [];
  let cursor: string | null = null;
  do {
    const page = await recordEvents(session, { half, cursor, limit: PAGE });
    all.push(...page.rows);
    ({ cursor } = page);
  } while (cursor !== null);
  return toJson(
    all.toReversed().map(({ seq, at, kind, says, subjects }) => ({
      time: at,
      kind,
      says,
      subjects: subjects.map(({ type, id, sha256 }) => ({ type, id, sha256 })),
      audit_entry: seq,
    })),
  );
}
