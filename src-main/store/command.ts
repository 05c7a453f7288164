/**
 * The three kinds of store commands and what each runs in. A command is synchronous and sees one transaction; it
 * cannot keep it, so nothing can read, wait and then write.
 */
import type { AuditEntry, StoredAuditRecord } from '../audit/audit-record.ts';
import type { Database } from './database.ts';

export interface Tx {
  db: Database;
  /** Now, by main's clock: ISO with milliseconds and `Z`. */
  at: string;
  atMs: number;
  workspaceId: string;
  /** For verification; commands never store or answer it. */
  auditKey: Uint8Array;
  auditFile: string;
  /** Compiled once per database. `Row` is what the caller knows of the columns it selects. */
  all<Row>(sql: string, parameters?: Record<string, SqlValue>): Row[];
  get<Row>(sql: string, parameters?: Record<string, SqlValue>): Row | undefined;
  /** Answers the number of changed rows. */
  run(sql: string, parameters?: Record<string, SqlValue>): number;
  /** Writes one more audit record into this transaction. `change` commands get theirs by `args.audit`. */
  record(entry: AuditEntry): StoredAuditRecord;
}

export type SqlValue = string | number | bigint | Uint8Array | null;

export interface Command<A, R> {
  /** `read` changes nothing; `write` is not worth a record (drafts); `change` writes `args.audit` with it. */
  kind: 'read' | 'write' | 'change';
  /** It looks at the audit file, too: everything before it is committed and has its line. */
  alone?: true;
  run(tx: Tx, args: A): R;
}

export function read<A, R>(run: (tx: Tx, args: A) => R): Command<A, R> {
  return { kind: 'read', run };
}

/** A read of the audit file beside its table. */
export function readWithFile<A, R>(run: (tx: Tx, args: A) => R): Command<A, R> {
  return { kind: 'read', alone: true, run };
}

export function write<A, R>(run: (tx: Tx, args: A) => R): Command<A, R> {
  return { kind: 'write', run };
}

export function change<A extends object, R>(
  run: (tx: Tx, args: A) => R,
): Command<A & { audit: AuditEntry }, R> {
  return { kind: 'change', run };
}
