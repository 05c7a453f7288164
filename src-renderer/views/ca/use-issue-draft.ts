/** The state of one draft on the screen: what was typed since it was stored, main's review of it, the signature's job. */
import { useEffect, useState } from 'react';
import type { IssueDraft, Review } from '#shared/contract/issue-draft.ts';
import type { DraftOf } from '#shared/contract/drafts.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { useKeptDraft } from '../../components/kept-draft.ts';
import { type StepId, STEPS, stepIndex, stored } from './issue-model.ts';
import { startRows } from './step-purpose.tsx';

export function useIssueDraft(draft: DraftOf<'ca.issue'>, current: StepId) {
  const [data, setData] = useState(draft.data);
  const [rows, setRows] = useState(() => startRows(draft.data));
  const [reviewed, setReviewed] = useState<{ review: Review; revision: number } | null>(null);
  const [problems, setProblems] = useState<Review['problems']>([]);
  const [keyFrom, setKeyFrom] = useState(draft.data.key.from);
  const [job, setJob] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const kept = useKeptDraft(draft, stored(data, rows), current, job !== null);
  const { revision } = kept;
  const review = reviewed?.review ?? null;
  const stale = reviewed?.revision !== revision;
  const running = job !== null && !failed;
  const [reached, setReached] = useState(Math.max(stepIndex(draft.step), stepIndex(current)));

  useEffect(() => {
    // The kind of rows follows the purpose as long as nothing was typed.
    setRows((old) => (old.every(({ value }) => value === '') ? startRows({ ...data, subject: [] }) : old));
  }, [data.purpose]);

  const go = (id: StepId): void => {
    setJob(null);
    setFailed(false);
    setReached((old) => Math.max(old, stepIndex(id)));
    setProblems([]);
    navigate('issue', { draft: draft.id, step: id });
  };

  const ask = async (of: number): Promise<Review> => {
    const found = await call('ca.review', { draft: draft.id, revision: of });
    setReviewed({ review: found, revision: of });
    return found;
  };

  /** Leaves the step: stored first, then looked at by main; problems of this step keep the operator here. */
  const leave = useAction('drafts.save', async (to: StepId) => {
    const found = await ask(await kept.save(to));
    const here = found.problems.filter((problem) => problem.step === current);
    setProblems(here);
    if (stepIndex(to) < stepIndex(current) || here.length === 0) go(to);
  });
  const look = useAction('ca.review', async () => {
    await ask(await kept.settle('review'));
  });
  const sign = useAction('ca.sign', async () => {
    if (review === null) return;
    setFailed(false);
    setJob((await call('ca.sign', { draft: draft.id, revision, digest: review.digest })).job);
  });
  useEffect(() => {
    // Also when something was typed after the last review and the way here was the browser's.
    if (current === 'review' && stale) void look.run();
  }, [current, stale, look]);

  return {
    data,
    change(part: Partial<IssueDraft>): void {
      setData((old) => ({ ...old, ...part }));
      if (part.key) setKeyFrom(part.key.from);
    },
    rows,
    setRows,
    /** What a request brings takes the place of what was typed; the rest of the draft stays. */
    takeRequest(part: Pick<IssueDraft, 'key' | 'subject' | 'names'>): void {
      setData((old) => ({ ...old, ...part }));
      setRows(startRows({ ...data, ...part }));
      setProblems([]);
    },
    keyFrom,
    setKeyFrom,
    /** Of another step it may be of what was stored before. */
    review: current === 'review' && stale ? null : review,
    problems,
    /** What was typed could not be stored in passing. */
    keptError: kept.error,
    reached,
    go,
    leave,
    look,
    sign,
    job,
    /** The job ended without a signature: the review is asked anew. */
    endJob(again: boolean): void {
      setFailed(false);
      setJob(null);
      if (again) setReviewed(null);
    },
    busy: leave.busy || look.busy || sign.busy || running,
    running,
    /** Its error stays; what stands in the way by now is looked at. */
    failJob(): void {
      setFailed(true);
      void look.run();
    },
    next: STEPS[stepIndex(current) + 1]?.id ?? 'review',
    previous: STEPS[stepIndex(current) - 1]?.id ?? 'purpose',
  };
}

export type IssueState = ReturnType<typeof useIssueDraft>;
