/** Reading and adding audit records, and the check of the table itself against hashes and MACs. */
import { existsSync, readFileSync } from 'node:fs';
import type { AuditRecord } from '#shared/contract/audit.ts';
import type { AuditEntry, Head, StoredAuditRecord } from '../../audit/audit-record.ts';
import { type Chain, checkRecords, type Fault } from '../../audit/chain.ts';
import { fileFaults } from '../../audit/file-faults.ts';
import { confirmedEntry, type Unfit, writtenHeadFault } from '../../audit/written-head.ts';
import { genesisHash } from '../../audit/audit-record.ts';
import { change, read, readWithFile, type SqlValue, type Tx, write } from '../command.ts';
import { beforeOf } from './cursor.ts';
import { likeConditions } from './like.ts';

interface Row extends Omit<StoredAuditRecord, 'subjects'> {
  subjects: string;
}

function recordOf(row: Row): StoredAuditRecord {
  return { ...row, subjects: JSON.parse(row.subjects) as AuditRecord['subjects'] };
}

/** What lists show: without the MAC. */
function shown({ mac: _mac, ...record }: StoredAuditRecord): AuditRecord {
  return record;
}

export interface AuditQuery {
  query: string;
  outcome: AuditRecord['outcome'] | null;
  action: string | null;
  from: string | null;
  to: string | null;
  cursor: string | null;
  limit: number;
}

function conditions(asked: AuditQuery): { where: string; parameters: Record<string, SqlValue> } {
  const parts = ['1'];
  const parameters: Record<string, SqlValue> = {};
  const add = (sql: string, name: string, value: SqlValue): void => {
    parts.push(sql);
    parameters[name] = value;
  };
  if (asked.outcome !== null) add('outcome = $outcome', 'outcome', asked.outcome);
  if (asked.action !== null) add('action = $action', 'action', asked.action);
  if (asked.from !== null) add('at >= $from', 'from', asked.from);
  if (asked.to !== null) add('at <= $to', 'to', asked.to);
  const search = likeConditions(asked.query, ['summary', 'action', 'subjects', 'hash'], parameters);
  return { where: `${parts.join(' AND ')}${search}`, parameters };
}

/** The last record's place; entries 0 and the genesis hash when there is none. */
export function readHead(tx: Tx): Head {
  const last = tx.get<{ seq: number; hash: string }>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  return last === undefined
    ? { entries: 0, head: genesisHash(tx.workspaceId) }
    : { entries: last.seq, head: last.hash };
}

export const auditCommands = {
  /** Names and hashes of what is here by these ids, for the record of a refusal. */
  'audit.named': read((tx, { ids }: { ids: string[] }) =>
    tx.all<{ id: string; name: string; sha256: string }>(
      `SELECT id, name, sha256 FROM (SELECT id, name, sha256 FROM certificates
         UNION ALL SELECT id, label AS name, spki_sha256 AS sha256 FROM keys
         UNION ALL SELECT id, name, sha256 FROM requests UNION ALL SELECT id, name, sha256 FROM crls)
       WHERE id IN (SELECT value FROM json_each($ids))`,
      { ids: JSON.stringify(ids) },
    ),
  ),
  'audit.head': read((tx, _args: Record<string, never>) => readHead(tx)),
  /** Newest first. */
  'audit.list': read(
    (tx, asked: AuditQuery): { total: number; rows: AuditRecord[]; cursor: string | null } => {
      const { where, parameters } = conditions(asked);
      const total =
        tx.get<{ count: number }>(`SELECT count(*) AS count FROM audit WHERE ${where}`, parameters)?.count ??
        0;
      const before = beforeOf(asked.cursor);
      const rows = tx.all<Row>(
        `SELECT * FROM audit WHERE ${where} AND seq < $before ORDER BY seq DESC LIMIT $limit`,
        { ...parameters, before, limit: asked.limit + 1 },
      );
      const page = rows.slice(0, asked.limit).map((row) => shown(recordOf(row)));
      return { total, rows: page, cursor: rows.length > asked.limit ? String(page.at(-1)?.seq ?? '') : null };
    },
  ),
  /** Newest first: the entries of these actions that ended so. */
  'audit.ofActions': read(
    (
      tx,
      {
        wanted,
        cursor,
        limit,
      }: {
        /** `subject`: only with one of this type. */
        wanted: readonly { action: string; outcome: AuditRecord['outcome']; subject?: string }[];
        cursor: string | null;
        limit: number;
      },
    ): { total: number; rows: AuditRecord[]; cursor: string | null } => {
      const parameters: Record<string, SqlValue> = {};
      const pairs = wanted.map(({ action, outcome, subject }, at) => {
        parameters[`action${at}`] = action;
        parameters[`outcome${at}`] = outcome;
        if (subject === undefined) return `(action = $action${at} AND outcome = $outcome${at})`;
        parameters[`subject${at}`] = subject;
        return `(action = $action${at} AND outcome = $outcome${at} AND EXISTS (
          SELECT 1 FROM json_each(subjects) WHERE json_extract(json_each.value, '$.type') = $subject${at}))`;
      });
      const where = pairs.length === 0 ? '0' : `(${pairs.join(' OR ')})`;
      const total =
        tx.get<{ count: number }>(`SELECT count(*) AS count FROM audit WHERE ${where}`, parameters)?.count ??
        0;
      const rows = tx.all<Row>(
        `SELECT * FROM audit WHERE ${where} AND seq < $before ORDER BY seq DESC LIMIT $limit`,
        { ...parameters, before: beforeOf(cursor), limit: limit + 1 },
      );
      const page = rows.slice(0, limit).map((row) => shown(recordOf(row)));
      return { total, rows: page, cursor: rows.length > limit ? String(page.at(-1)?.seq ?? '') : null };
    },
  ),
  'audit.get': read((tx, { seq }: { seq: number }): StoredAuditRecord | null => {
    const row = tx.get<Row>('SELECT * FROM audit WHERE seq = $seq', { seq });
    return row === undefined ? null : recordOf(row);
  }),
  /** The last alarm, or the record of a person that ended it; a later check that finds nothing ends none. */
  'audit.lastVerification': read((tx, _args: Record<string, never>): AuditRecord | null => {
    const row = tx.get<Row>(
      `SELECT * FROM audit WHERE (action = 'audit.verify' AND outcome = 'failed')
         OR (action = 'audit.acknowledge' AND outcome = 'done') ORDER BY seq DESC LIMIT 1`,
    );
    return row === undefined ? null : shown(recordOf(row));
  }),
  /** Which of `hashes` an entry of one of `actions` that was done has as a subject. */
  'audit.recorded': read(
    (tx, { actions, hashes }: { actions: readonly string[]; hashes: readonly string[] }): string[] =>
      hashes.filter((sha256) =>
        actions.some(
          (action) =>
            tx.get<{ seq: number }>(
              "SELECT seq FROM audit WHERE action = $action AND outcome = 'done' AND instr(subjects, $sha256) LIMIT 1",
              { action, sha256 },
            ) !== undefined,
        ),
      ),
  ),
  /** All records with their MACs, for export; never for the renderer. */
  'audit.all': read((tx, _args: Record<string, never>): StoredAuditRecord[] =>
    tx.all<Row>('SELECT * FROM audit ORDER BY seq').map(recordOf),
  ),
  /** Checks chain and MACs of the table, the file beside it, and the head somebody wrote down, all at one moment. */
  'audit.check': readWithFile(
    (
      tx,
      { written }: { written: string },
    ): { faults: Fault[]; unfit: Unfit | null; entries: number; confirmed: number | null } => {
      const chain: Chain = { workspaceId: tx.workspaceId, auditKey: tx.auditKey };
      const records = tx.all<Row>('SELECT * FROM audit ORDER BY seq').map(recordOf);
      // A file that is gone is a finding like any other.
      const file = existsSync(tx.auditFile) ? readFileSync(tx.auditFile, 'utf8') : '';
      const hashes = records.map(({ hash }) => hash);
      return {
        faults: [...checkRecords(chain, records), ...fileFaults(file, records)],
        unfit: writtenHeadFault(written, hashes),
        entries: records.length,
        confirmed: confirmedEntry(written, hashes),
      };
    },
  ),
  /** A record that goes with no other change: a refusal, an unlock, a verification. */
  'audit.add': change((_tx, _args: object): void => undefined),
  /** Several at once, in order: a batch of notes made while it was locked; one that was taken already is not taken again. */
  'audit.fold': write((tx, { entries, digest }: { entries: AuditEntry[]; digest: string }): void => {
    const taken = tx.get<{ value: string }>("SELECT value FROM settings WHERE name = 'notesTaken'")?.value;
    if (taken === digest) return;
    for (const entry of entries) tx.record(entry);
    tx.run(
      "INSERT INTO settings VALUES ('notesTaken', $digest) ON CONFLICT (name) DO UPDATE SET value = $digest",
      { digest },
    );
  }),
};
