/**
 * One long piece of work of main, followed by id. It starts nothing; `components/job-progress.tsx` shows it.
 */
import type { Job } from '#shared/contract/app.ts';
import { useQuery } from './use-query.ts';
import type { QueryResult } from './use-query.ts';

/** null id: no job yet. */
export function useJob(id: string | null): QueryResult<Job> {
  return useQuery('jobs.get', { id: id ?? '' }, ['jobs'], {
    skip: id === null,
    ids: id === null ? [] : [id],
  });
}
