/**
 * Opens the encrypted database file: SQLCipher 4 format, raw key, WAL, full synchronisation. It knows no tables; the
 * schema is migrations', the meaning is the commands'.
 */
import Database from 'better-sqlite3-multiple-ciphers';
import { closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../lib/app-error.ts';
import { syncFolderNow } from '../lib/atomic-file.ts';
import { wipe } from '../lib/bytes.ts';
import { DAMAGED, storeError } from './store-error.ts';

export type { Database } from 'better-sqlite3-multiple-ciphers';

function setKey(db: Database.Database, key: Uint8Array): void {
  db.pragma(`cipher = 'sqlcipher'`);
  db.pragma('legacy = 4');
  // SECURITY: as bytes, so that no string with the key stays in the heap.
  const raw = Buffer.concat([Buffer.from(`x'`), Buffer.alloc(64), Buffer.from(`'`)]);
  Buffer.from(key).forEach((byte, at) => {
    raw[2 + at * 2] = '0123456789abcdef'.charCodeAt(byte >> 4);
    raw[3 + at * 2] = '0123456789abcdef'.charCodeAt(byte & 15);
  });
  db.key(raw);
  wipe(raw);
}

/**
 * Opens (or with `create` makes, mode 0600) the database at `path`; `key` is 32 bytes and stays the caller's.
 * Throws AppError WORKSPACE_DAMAGED when the file is missing, too short, or not under this key.
 */
export function openDatabase(path: string, key: Uint8Array, create: boolean): Database.Database {
  try {
    if (create) closeSync(openSync(path, 'wx', 0o600));
    else if (!existsSync(path))
      throw new AppError('WORKSPACE_DAMAGED', `${path} is missing. ${DAMAGED}`, { subject: path });
    // An empty file would otherwise be taken for a new database.
    else if (statSync(path).size < 512)
      throw new AppError('WORKSPACE_DAMAGED', `${path} is truncated. ${DAMAGED}`, { subject: path });
    const db = new Database(path, { timeout: 2000 });
    try {
      setKey(db, key);
      db.pragma('cell_size_check = ON');
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      // The worker does it between two commands (foldLog): a commit is durable without.
      db.pragma('wal_autocheckpoint = 0');
      db.pragma('temp_store = MEMORY');
      db.pragma('foreign_keys = ON');
      db.pragma('secure_delete = ON');
      db.pragma('cache_size = -65536');
      db.pragma('trusted_schema = OFF');
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw storeError(error, path);
  }
}

/** Pages in the log (16 MB) from which on they are moved into the database: most of them are written again until then. */
const MOST_LOGGED = 4096;

/**
 * Moves what is committed from the log into the database once there is much of it. It costs as much as the commits themselves,
 * so that it is done when nobody waits; a crash before or in it loses nothing.
 */
export function foldLog(db: Database.Database): void {
  const [now] = db.pragma('wal_checkpoint(NOOP)') as { log: number; checkpointed: number }[];
  if (now !== undefined && now.log - now.checkpointed >= MOST_LOGGED) db.pragma('wal_checkpoint(PASSIVE)');
}

/** Checks the structure of every page. Throws AppError WORKSPACE_DAMAGED with SQLite's first finding. */
export function checkIntegrity(db: Database.Database, path: string): void {
  const found = db.pragma('integrity_check(1)', { simple: true });
  const orphans = db.pragma('foreign_key_check') as unknown[];
  if (found === 'ok' && orphans.length === 0) return;
  throw new AppError('WORKSPACE_DAMAGED', `${path} is damaged. ${DAMAGED}`, {
    subject: path,
    library: typeof found === 'string' && found !== 'ok' ? found : 'rows refer to others that are not there',
  });
}

/** Makes a copy, encrypted under the same key, that includes everything committed. */
export function copyDatabase(db: Database.Database, path: string): void {
  try {
    // Created first, so that the copy never has a wider mode; VACUUM INTO accepts an empty file.
    closeSync(openSync(path, 'wx', 0o600));
    db.prepare('VACUUM INTO ?').run(path);
    const file = openSync(path, 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    syncFolderNow(dirname(path));
  } catch (error) {
    throw storeError(error, path);
  }
}

/** What a database holds, for comparing two: rows of every table, and the head of the audit. */
export function holding(db: Database.Database): string {
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all();
  const counts = tables.map(
    (name) =>
      `${String(name)}=${String(
        db
          .prepare(`SELECT count(*) FROM "${String(name)}"`)
          .pluck()
          .get(),
      )}`,
  );
  const head = db.prepare('SELECT hash FROM audit ORDER BY seq DESC LIMIT 1').pluck().get();
  return [...counts, String(head)].join(' ');
}
