/** Which of the files that should travel now were handed out already, so that the guide goes on: the audit has it, in main. */
import { useMemo } from 'react';
import { useQuery } from '../../app/use-query.ts';
import type { QueryResult } from '../../app/use-query.ts';
import { handedOutMark } from './stick-words.ts';

/** "proxy-id", "request 3F2A…", as guide-model.ts asks for them; null data: not known yet. */
export function useHandedOut(): Pick<QueryResult<ReadonlySet<string>>, 'data' | 'error' | 'reload'> {
  const { data, error, reload } = useQuery('ta.handedOut', {}, ['ta', 'audit', 'drafts']);
  const marks = useMemo(
    () => (data === null ? null : new Set(data.files.map(handedOutMark).filter((mark) => mark !== null))),
    [data],
  );
  return { data: marks, error, reload };
}
