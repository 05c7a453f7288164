/**
 * What is typed into a wizard's step reaches main a moment after the last key, and at once when the wizard is left by any
 * way. Saves go one after the other, so that each names the revision of the one before. Drafts hold no secrets.
 */
import { useEffect, useRef, useState } from 'react';
import type { DraftData, DraftKind, DraftOf } from '#shared/contract/drafts.ts';
import type { Payload } from '#shared/contract/index.ts';
import { asCallError, call } from '../app/call.ts';
import type { CallError } from '../app/call.ts';

/** So long after the last key it is stored. */
const QUIET_MS = 500;

export interface KeptDraft<K extends DraftKind> {
  /** The stored revision. */
  revision: number;
  /** Stores `data`, or what is typed now, as step `to`; answers the stored revision. Throws CallError. */
  save: (to: DraftOf<K>['step'], data?: DraftData<K>) => Promise<number>;
  /** The same, but only when something was typed since the last time. */
  settle: (to: DraftOf<K>['step']) => Promise<number>;
  /** The last save that nobody waited for was refused. */
  error: CallError | null;
}

/** `data`: as it would be stored. `resting`: it is being signed, and nothing is stored unasked. */
export function useKeptDraft<K extends DraftKind>(
  draft: DraftOf<K>,
  data: DraftData<K>,
  current: DraftOf<K>['step'],
  resting: boolean,
): KeptDraft<K> {
  const [revision, setRevision] = useState(draft.revision);
  const [error, setError] = useState<CallError | null>(null);
  const text = JSON.stringify(data);
  const latest = useRef({ data, text, current, resting });
  latest.current = { data, text, current, resting };
  const saved = useRef({ text, revision: draft.revision });
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const gone = useRef(false);

  const changed = (): boolean => latest.current.text !== saved.current.text;
  const send = async (step: DraftOf<K>['step'], given: DraftData<K>): Promise<number> => {
    const answer = await call('drafts.save', {
      kind: draft.kind,
      id: draft.id,
      revision: saved.current.revision,
      step,
      data: given,
      // One kind throughout; the compiler cannot tie them together.
    } as Payload<'drafts.save'>);
    saved.current = { text: JSON.stringify(given), revision: answer.revision };
    if (!gone.current) {
      setRevision(answer.revision);
      setError(null);
    }
    return answer.revision;
  };
  const inTurn = (step: () => Promise<number>): Promise<number> => {
    const sent = queue.current.then(step);
    queue.current = sent.catch(() => undefined);
    return sent;
  };
  const settle = (to: DraftOf<K>['step']): Promise<number> =>
    inTurn(async () => (changed() ? send(to, latest.current.data) : saved.current.revision));
  const keep = (): void => {
    if (latest.current.resting || !changed()) return;
    settle(latest.current.current).catch((thrown: unknown) => {
      if (!gone.current) setError(asCallError('drafts.save', thrown));
    });
  };
  const last = useRef(keep);
  last.current = keep;

  useEffect(() => {
    const timer = setTimeout(() => last.current(), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    gone.current = false;
    const leave = (): void => last.current();
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      gone.current = true;
      leave();
    };
  }, []);
  return {
    revision,
    save: (to, given) => inTurn(() => send(to, given ?? latest.current.data)),
    settle,
    error,
  };
}
