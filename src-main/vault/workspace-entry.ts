/** The audit entry about the workspace as a whole. It records nothing itself. */
import { type AuditEntry, MOST_SUMMARY } from '../audit/audit-record.ts';

export function workspaceEntry(
  action: string,
  summary: string,
  id: string,
  outcome: AuditEntry['outcome'] = 'done',
): AuditEntry {
  return {
    action,
    outcome,
    summary: summary.slice(0, MOST_SUMMARY),
    subjects: [{ type: 'workspace', id, sha256: null }],
  };
}
