/** The record of a job that was refused, cancelled or failed: one entry, whoever's job it was. */
import type { AppError } from '../lib/app-error.ts';
import { type AuditEntry, summaryOf } from './audit-record.ts';
import { fileSubjects } from './refused-record.ts';
import type { Session } from '../store/store-contract.ts';

/** What `jobs.start` takes as `refused`, for the job `title` of the channel `action`. `halfDone`: it failed in the middle, which is no refusal. */
export function jobRefusal(
  deps: { session(): Session },
  action: string,
  title: string,
  subjects: AuditEntry['subjects'] = [],
  halfDone: (error: AppError) => boolean = () => false,
): (error: AppError) => Promise<void> {
  return async (error) => {
    const outcome = error.code === 'INTERNAL' || halfDone(error) ? 'failed' : 'refused';
    await deps.session().store.run('audit.add', {
      audit: {
        action,
        outcome,
        summary: summaryOf(`${title}: ${error.message}`),
        subjects: [...subjects, ...fileSubjects(error)],
      },
    });
  };
}
