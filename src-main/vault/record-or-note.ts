/** One record of what happened, wherever it can be kept just now. */
import type { AuditEntry } from '../audit/audit-record.ts';
import { AppError } from '../lib/app-error.ts';
import type { Clock } from '../ports.ts';
import type { Vault } from './vault-contract.ts';

const isLocked = (error: unknown): boolean =>
  error instanceof AppError && (error.code === 'LOCKED' || error.code === 'NO_WORKSPACE');

/**
 * In the audit while there is a session, also one that is being locked; else as a note that the next unlock takes over, but for
 * what was done: a note is nobody's word for that. Nothing while no workspace is open. Throws what writing throws.
 */
export async function recordOrNote(vault: Vault, clock: Clock, entry: AuditEntry): Promise<void> {
  const opened = vault.opened();
  if (opened === null) return;
  try {
    await vault.session().store.run('audit.add', { audit: entry });
  } catch (error) {
    if (!isLocked(error)) throw error;
    if (entry.outcome !== 'done') await opened.notes.note(entry, clock.now());
  }
}
