/** The state of the signer's draft on the screen: what was typed since it was stored, main's review of it, the job. */
import { useEffect, useRef, useState } from 'react';
import type { DraftOf } from '#shared/contract/drafts.ts';
import type { SignerDraft, SignerProblem, SignerReview, SignerStep } from '#shared/contract/ta-setup.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { useKeptDraft } from '../../components/kept-draft.ts';
import { SIGNER_STEPS, signerStepIndex } from './signer-model.ts';

export function useSignerDraft(draft: DraftOf<'ta.signer'>, current: SignerStep) {
  const [data, setData] = useState(draft.data);
  // A file is read for a moment, and what is typed meanwhile stays.
  const typed = useRef(data);
  typed.current = data;
  const [reading, setReading] = useState(false);
  const [review, setReview] = useState<SignerReview | null>(null);
  const [all, setAll] = useState<readonly SignerProblem[]>([]);
  const [shown, setShown] = useState<readonly SignerProblem[]>([]);
  const [job, setJob] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const running = job !== null && !failed;
  const kept = useKeptDraft(draft, data, current, job !== null);
  const [reached, setReached] = useState(signerStepIndex(draft.step));

  const go = (id: SignerStep): void => {
    setJob(null);
    setFailed(false);
    setReached((old) => Math.max(old, signerStepIndex(id)));
    setShown([]);
    navigate('ta-signer', { draft: draft.id, step: id });
  };

  const leave = useAction('drafts.save', async (to: SignerStep) => {
    const found = await call('ta.setupReview', { draft: draft.id, revision: await kept.save(to) });
    setReview(found.review);
    setAll(found.problems);
    const here = found.problems.filter((problem) => problem.step === current);
    setShown(here);
    if (signerStepIndex(to) < signerStepIndex(current) || here.length === 0) go(to);
  });
  /** A file of this step is judged as soon as it is taken. */
  const judge = useAction('drafts.save', async (next: SignerDraft, path: string) => {
    const revision = await kept.save(current, next);
    const found = await call('ta.setupReview', { draft: draft.id, revision });
    setAll(found.problems);
    setShown(found.problems.filter((problem) => problem.step === current && problem.path === path));
  });
  const look = useAction('ta.setupReview', async () => {
    const revision = await kept.settle('review');
    const found = await call('ta.setupReview', { draft: draft.id, revision });
    setReview(found.review);
    setAll(found.problems);
  });
  const start = useAction('ta.setUp', async () => {
    if (review === null) return;
    setFailed(false);
    setJob((await call('ta.setUp', { draft: draft.id, revision: kept.revision, digest: review.digest })).job);
  });
  // What was stored since it was judged is judged again.
  useEffect(() => setReview(null), [kept.revision]);
  useEffect(() => {
    if (current === 'review' && review === null) void look.run();
  }, [current, review, look]);

  return {
    data,
    change(part: Partial<SignerDraft>): void {
      setData((old) => ({ ...old, ...part }));
      // What was said about another value is no longer true.
      setShown((old) => old.filter(({ path }) => !((path.split('.')[0] ?? '') in part)));
    },
    /** `change`, and main says what is wrong with it. */
    take(part: Partial<Pick<SignerDraft, 'proxyId' | 'repository' | 'fingerprint'>>): void {
      const [path = ''] = Object.keys(part);
      setData((old) => ({ ...old, ...part }));
      setShown((old) => old.filter((problem) => !(problem.path in part)));
      void judge.run({ ...typed.current, ...part }, path);
    },
    onReading: setReading,
    judge,
    review,
    all,
    problems: shown,
    reached,
    go,
    leave,
    look,
    start,
    keptError: kept.error,
    job,
    /** The job ended without a signer: the review is asked anew. */
    endJob(again: boolean): void {
      setFailed(false);
      setJob(null);
      if (again) setReview(null);
    },
    busy: reading || leave.busy || judge.busy || look.busy || start.busy || running,
    running,
    failJob: () => setFailed(true),
    next: SIGNER_STEPS[signerStepIndex(current) + 1]?.id ?? 'review',
    previous: SIGNER_STEPS[signerStepIndex(current) - 1]?.id ?? 'proxy',
  };
}

export type SignerState = ReturnType<typeof useSignerDraft>;
