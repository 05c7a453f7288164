/**
 * A restored database takes the place of the present one. What may never go back is handed over after the last command
 * of the old one, so that nothing signed in between is forgotten.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEntry } from '../audit/audit-record.ts';
import { AppError } from '../lib/app-error.ts';
import { swapDatabase } from '../store/migrate.ts';
import type { Notice, Session } from '../store/store-contract.ts';
import type { OpenSession } from './session.ts';

/** Never throws: the operator reads what came of it, and the workspace is locked in every case. */
export async function takeOver(
  live: { folder: string; lock<T>(last: (session: Session) => Promise<T>): Promise<T | null> },
  restored: { staged: OpenSession; folder: string; audit: AuditEntry },
): Promise<Notice & { failure: Error | null }> {
  const { staged, folder, audit } = restored;
  try {
    const history = await live.lock(({ store }) => store.run('restore.history', {}));
    if (history === null) throw new AppError('LOCKED', 'The workspace was locked before it was restored.');
    await staged.session.store.run('restore.adopt', { ...history, audit });
    await staged.end();
    swapDatabase(join(folder, 'workspace.db'), join(live.folder, 'workspace.db'));
    return {
      severity: 'note',
      text: `${audit.summary}. Unlock it with its present passphrase.`,
      failure: null,
    };
  } catch (error) {
    await staged.end();
    const failure = error instanceof Error ? error : new Error(String(error));
    const why = error instanceof AppError ? error.message : 'the log has the reason.';
    return { severity: 'bad', text: `Nothing was restored: ${why}`, failure };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
