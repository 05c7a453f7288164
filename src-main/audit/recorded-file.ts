/**
 * A file that takes something out of the workspace: that it is about to be written is on record before it is, and that it lies there
 * afterwards. A crash, a full disk or a lock in between leaves the first of the two; a refusal is recorded by whoever was asked.
 */
import { exists } from '../lib/atomic-file.ts';
import { fileExists } from '../lib/export-file.ts';
import type { Store } from '../store/store-contract.ts';
import { type AuditEntry, MOST_SUMMARY } from './audit-record.ts';

export interface LeavingFile<T> {
  path: string;
  overwrite: boolean;
  action: string;
  /** What leaves, as the subject of a sentence: `The private key "root"`. */
  what: string;
  /** How, behind "exported": " UNENCRYPTED", or nothing. */
  how: string;
  subjects: AuditEntry['subjects'];
  write(): Promise<T>;
}

/** Answers what `write` answers. Throws AppError FILE_EXISTS before anything is recorded, and what writing and recording throw. */
export async function recordedFile<T>(store: Store, file: LeavingFile<T>): Promise<T> {
  const { path, action, what, how, subjects } = file;
  const entry = (verb: string): AuditEntry => ({
    action,
    outcome: 'done',
    summary: `${what} ${verb}${how} to ${path}`.slice(0, MOST_SUMMARY),
    subjects,
  });
  // The usual question; writing looks again, and then nobody can come in between.
  if (!file.overwrite && (await exists(path))) throw fileExists(path);
  await store.run('audit.add', { audit: entry('is about to be exported') });
  const written = await file.write();
  await store.run('audit.add', { audit: entry('was exported') });
  return written;
}
