/**
 * One process per workspace: an exclusive lock that the operating system drops when the process dies, however it
 * dies. A plain SQLite file is used because its locks are the portable ones; it holds no data.
 */
import Database from 'better-sqlite3-multiple-ciphers';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../lib/app-error.ts';
import { storeError } from '../store/store-error.ts';

export const LOCK_FILE = 'lock';

/** Opens nothing that is there: closing it again would drop the lock that this process may hold on it (POSIX). */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    // One that is there says nothing of a disk that cannot be written.
    accessSync(path, constants.W_OK);
  }
}

/** Takes the lock and answers the function that gives it back; twice is not an error. Throws AppError WORKSPACE_IN_USE. */
export function lockWorkspace(folder: string): () => void {
  const path = join(folder, LOCK_FILE);
  let db: Database.Database;
  try {
    makeFile(path);
    db = new Database(path, { timeout: 0 });
  } catch (error) {
    throw storeError(error, path);
  }
  try {
    db.pragma('journal_mode = MEMORY');
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY'))
      throw new AppError(
        'WORKSPACE_IN_USE',
        'This workspace is open in another window. Close it there first.',
        { subject: folder },
      );
    throw storeError(error, path);
  }
  return () => db.close();
}
