/** The open database with its commands: each runs in one transaction together with its audit record. */
import { type AuditEntry, genesisHash, sealRecord, type StoredAuditRecord } from '../audit/audit-record.ts';
import { AppError } from '../lib/app-error.ts';
import type { Command, SqlValue, Tx } from './command.ts';
import { commands } from './commands/index.ts';
import { type Database, openDatabase } from './database.ts';
import { closeWhole, migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/migrations.ts';

export interface StoreStart {
  path: string;
  auditFile: string;
  workspaceId: string;
  version: string;
  /** 32 bytes each; the worker's own copies. */
  key: Uint8Array;
  auditKey: Uint8Array;
  create: boolean;
}

interface AuditRow extends Omit<StoredAuditRecord, 'subjects'> {
  subjects: string;
}

function stored(row: AuditRow): StoredAuditRecord {
  return { ...row, subjects: JSON.parse(row.subjects) as StoredAuditRecord['subjects'] };
}

/** One command as it was asked. */
export interface Asked {
  name: string;
  args: unknown;
  at: string;
}

export type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown };

interface OpenStore {
  db: Database;
  /** Whether it may share a commit with others. */
  mayShare(name: string): boolean;
  /**
   * Runs commands that came together, in their order: each as a transaction of its own within one that is committed once, so that
   * they share the wait for the disk. One that is refused changes nothing. All the others are durable when this returns.
   */
  run(asked: readonly Asked[]): Outcome[];
  recordsAfter(seq: number): StoredAuditRecord[];
  recordOf(seq: number): StoredAuditRecord | null;
  close(): void;
}

/** Opens, migrates and checks that the database is this workspace's. Throws AppError as database.ts and migrate.ts say. */
export function openStore(start: StoreStart): OpenStore {
  const db = migrate(openDatabase(start.path, start.key, start.create), start.path, start.key, MIGRATIONS);
  const compiled = new Map<string, ReturnType<Database['prepare']>>();

  function statement(sql: string): ReturnType<Database['prepare']> {
    const known = compiled.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare(sql);
    compiled.set(sql, made);
    return made;
  }

  function transactionAt(at: string): Tx {
    const all = <Row>(sql: string, parameters: Record<string, SqlValue> = {}): Row[] =>
      statement(sql).all(parameters) as Row[];
    const get = <Row>(sql: string, parameters: Record<string, SqlValue> = {}): Row | undefined =>
      statement(sql).get(parameters) as Row | undefined;
    const run = (sql: string, parameters: Record<string, SqlValue> = {}): number =>
      statement(sql).run(parameters).changes;
    return {
      db,
      at,
      atMs: Date.parse(at),
      workspaceId: start.workspaceId,
      auditKey: start.auditKey,
      auditFile: start.auditFile,
      all,
      get,
      run,
      record(entry: AuditEntry) {
        const last = get<{ seq: number; hash: string }>(
          'SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1',
        );
        const previous = last?.hash ?? genesisHash(start.workspaceId);
        const record = sealRecord(start.auditKey, start.workspaceId, entry, {
          seq: (last?.seq ?? 0) + 1,
          at,
          version: start.version,
          previous,
        });
        run(
          'INSERT INTO audit (seq, at, action, outcome, summary, subjects, version, previous, hash, mac) VALUES ($seq, $at, $action, $outcome, $summary, $subjects, $version, $previous, $hash, $mac)',
          { ...record, subjects: JSON.stringify(record.subjects) },
        );
        return record;
      },
    };
  }

  function find(name: string): Command<never, unknown> {
    if (!Object.hasOwn(commands, name)) throw new Error(`no store command ${name}`);
    return commands[name as keyof typeof commands];
  }

  function runOne({ name, args, at }: Asked): unknown {
    const { kind, run } = find(name);
    const tx = transactionAt(at);
    if (kind === 'read') return run(tx, args as never);
    return db
      .transaction(() => {
        const value = run(tx, args as never);
        if (kind === 'change') tx.record((args as { audit: AuditEntry }).audit);
        return value;
      })
      .immediate();
  }

  function outcomeOf(asked: Asked): Outcome {
    try {
      return { ok: true, value: runOne(asked) };
    } catch (error) {
      return { ok: false, error };
    }
  }

  function runTogether(asked: readonly Asked[]): Outcome[] {
    try {
      return db
        .transaction(() =>
          asked.map((one) => {
            const outcome = outcomeOf(one);
            // Refused by a rule: its savepoint is taken back and the others go on. By the disk: nobody knows what is left.
            if (!outcome.ok && !(outcome.error instanceof AppError)) throw outcome.error;
            return outcome;
          }),
        )
        .immediate();
    } catch {
      // Nothing of them is stored: each for itself, so that only the one at fault is refused.
      return asked.map(outcomeOf);
    }
  }

  return {
    db,
    mayShare: (name) => !Object.hasOwn(commands, name) || find(name).alone !== true,
    run: (asked) => (asked.length === 1 ? asked.map(outcomeOf) : runTogether(asked)),
    recordsAfter: (seq) =>
      (statement('SELECT * FROM audit WHERE seq > $seq ORDER BY seq').all({ seq }) as AuditRow[]).map(stored),
    recordOf(seq) {
      const row = statement('SELECT * FROM audit WHERE seq = $seq').get({ seq }) as AuditRow | undefined;
      return row === undefined ? null : stored(row);
    },
    close: () => closeWhole(db),
  };
}
