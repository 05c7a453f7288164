/** The open database with its commands: each runs in one immediate transaction together with its audit record. */
import { type AuditEntry, genesisHash, sealRecord, type StoredAuditRecord } from '../audit/audit-record.ts';
import type { SqlValue, Tx } from './command.ts';
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

interface OpenStore {
  db: Database;
  run(name: string, args: unknown, at: string): unknown;
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

  return {
    db,
    run(name, args, at) {
      if (!Object.hasOwn(commands, name)) throw new Error(`no store command ${name}`);
      const command = commands[name as keyof typeof commands] as {
        kind: string;
        run(tx: Tx, args: unknown): unknown;
      };
      const tx = transactionAt(at);
      if (command.kind === 'read') return command.run(tx, args);
      return db
        .transaction(() => {
          const value = command.run(tx, args);
          if (command.kind === 'change') tx.record((args as { audit: AuditEntry }).audit);
          return value;
        })
        .immediate();
    },
    recordsAfter: (seq) =>
      (statement('SELECT * FROM audit WHERE seq > $seq ORDER BY seq').all({ seq }) as AuditRow[]).map(stored),
    recordOf(seq) {
      const row = statement('SELECT * FROM audit WHERE seq = $seq').get({ seq }) as AuditRow | undefined;
      return row === undefined ? null : stored(row);
    },
    close: () => closeWhole(db),
  };
}
