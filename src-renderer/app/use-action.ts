/**
 * One step the operator starts by a button: busy while it runs, the error afterwards. It is not for loading
 * data (use-query.ts).
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ChannelName } from '#shared/contract/index.ts';
import { asCallError } from './call.ts';
import type { CallError } from './call.ts';

export interface Action<A extends unknown[]> {
  /** Resolves true when the step was done, false when it was refused (then `error` says why). */
  run: (...args: A) => Promise<boolean>;
  busy: boolean;
  error: CallError | null;
  clear: () => void;
}

/** `channel` names the step in an error that did not come from main. A second start while busy does nothing. */
export function useAction<A extends unknown[]>(
  channel: ChannelName,
  step: (...args: A) => Promise<unknown>,
): Action<A> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const latest = useRef(step);
  latest.current = step;
  const running = useRef(false);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);

  const run = useCallback(
    async (...args: A): Promise<boolean> => {
      if (running.current) return false;
      running.current = true;
      setBusy(true);
      setError(null);
      try {
        await latest.current(...args);
        return true;
      } catch (thrown) {
        const failure = asCallError(channel, thrown);
        // The operator cancelled it: nothing to explain.
        if (failure.code !== 'CANCELLED' && mounted.current) setError(failure);
        return false;
      } finally {
        running.current = false;
        if (mounted.current) setBusy(false);
      }
    },
    [channel],
  );
  return { run, busy, error, clear: useCallback(() => setError(null), []) };
}
