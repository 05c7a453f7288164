/** The sticks as they are now: asked again every few seconds while the window is seen, and when something changed. */
import { useEffect, useRef } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { type QueryResult, useQuery } from '../../app/use-query.ts';

const EVERY_MS = 4_000;

export function useSticks(): QueryResult<Answer<'ta.sticks'>> {
  const found = useQuery('ta.sticks', {}, ['ta', 'drafts']);
  const latest = useRef(found);
  latest.current = found;
  useEffect(() => {
    const look = (): void => {
      // A slow stick is not asked twice at once.
      if (document.visibilityState === 'visible' && !latest.current.loading) latest.current.reload();
    };
    const timer = setInterval(look, EVERY_MS);
    document.addEventListener('visibilitychange', look);
    window.addEventListener('focus', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('focus', look);
    };
  }, []);
  return found;
}
