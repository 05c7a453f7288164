/**
 * Brings a database to the newest schema: on a copy, checked, then swapped, so that a failure leaves the old file as
 * it was. The first creation needs no copy.
 */
import { renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../lib/app-error.ts';
import { syncFolderNow } from '../lib/atomic-file.ts';
import { checkIntegrity, copyDatabase, type Database, openDatabase } from './database.ts';
import type { Migration } from './migrations/migrations.ts';

export function schemaVersion(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

function apply(db: Database, migrations: readonly Migration[]): void {
  const from = schemaVersion(db);
  for (const { version, sql } of migrations) {
    if (version <= from) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${version}`);
    }).exclusive();
  }
}

/** Rows of every table there is before: a migration may add some and never lose one. */
function rowCounts(db: Database, tables: readonly string[]): number[] {
  return tables.map((table) => db.prepare(`SELECT count(*) FROM "${table}"`).pluck().get() as number);
}

/** Tables of our own: those of the full-text search count what it likes. */
function tablesOf(db: Database): string[] {
  const sql =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'certificate_search%'";
  return db.prepare(sql).pluck().all() as string[];
}

/** Closes `db` so that nothing of it remains beside its file. */
export function closeWhole(db: Database): void {
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** Puts the closed database file `next` in the place of the closed `path`. Both lie in one folder. */
export function swapDatabase(next: string, path: string): void {
  // The old WAL must be gone before the new file has the name, or SQLite would play it into the wrong database.
  for (const rest of ['-wal', '-shm']) rmSync(`${path}${rest}`, { force: true });
  renameSync(next, path);
  syncFolderNow(dirname(path));
}

/**
 * Answers an open database at the newest version. `db` is closed when a swap was needed.
 * Throws AppError WORKSPACE_NEWER when the file is from a later Baleen; WORKSPACE_DAMAGED when the check fails.
 */
export function migrate(
  db: Database,
  path: string,
  key: Uint8Array,
  migrations: readonly Migration[],
): Database {
  const newest = migrations.at(-1)?.version ?? 0;
  const version = schemaVersion(db);
  if (version > newest)
    throw new AppError(
      'WORKSPACE_NEWER',
      `This workspace was written by a newer Baleen (schema ${version}, this one knows ${newest}). Open it with that version.`,
      { subject: path },
    );
  if (version === newest) return db;
  if (version === 0) {
    apply(db, migrations);
    return db;
  }
  const next = join(dirname(path), 'workspace.migrating.db');
  for (const rest of ['', '-wal', '-shm']) rmSync(`${next}${rest}`, { force: true });
  checkIntegrity(db, path);
  const tables = tablesOf(db);
  const before = rowCounts(db, tables);
  copyDatabase(db, next);
  const copy = openDatabase(next, key, false);
  try {
    apply(copy, migrations);
    checkIntegrity(copy, next);
    const after = rowCounts(copy, tables);
    const lost = tables.filter((_table, at) => (after[at] ?? 0) < (before[at] ?? 0));
    if (lost.length > 0) throw new Error(`a migration lost rows of ${lost.join(', ')}`);
    closeWhole(copy);
  } catch (error) {
    copy.close();
    for (const rest of ['', '-wal', '-shm']) rmSync(`${next}${rest}`, { force: true });
    throw error;
  }
  closeWhole(db);
  swapDatabase(next, path);
  return openDatabase(path, key, false);
}
