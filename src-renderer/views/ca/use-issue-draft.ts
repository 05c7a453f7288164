/** The state of one draft on the screen: what was typed since it was stored, main's review of it, the signature's job. */
import { useEffect, useState } from 'react';
import type { IssueDraft, Review } from '#shared/contract/issue-draft.ts';
import type { DraftOf } from '#shared/contract/drafts.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { type StepId, STEPS, stepIndex, stored } from './issue-model.ts';
import { startRows } from './step-purpose.tsx';

export function useIssueDraft(draft: DraftOf<'ca.issue'>, current: StepId) {
  const [data, setData] = useState(draft.data);
  const [rows, setRows] = useState(() => startRows(draft.data));
  const [revision, setRevision] = useState(draft.revision);
  const [review, setReview] = useState<Review | null>(null);
  const [problems, setProblems] = useState<Review['problems']>([]);
  const [keyFrom, setKeyFrom] = useState(draft.data.key.from);
  const [job, setJob] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
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

  /** Leaves the step: stored first, then looked at by main; problems of this step keep the operator here. */
  const leave = useAction('drafts.save', async (to: StepId) => {
    const saved = await call('drafts.save', {
      kind: 'ca.issue',
      id: draft.id,
      revision,
      step: to,
      data: stored(data, rows),
    });
    setRevision(saved.revision);
    const found = await call('ca.review', { draft: draft.id, revision: saved.revision });
    setReview(found);
    const here = found.problems.filter((problem) => problem.step === current);
    setProblems(here);
    if (stepIndex(to) < stepIndex(current) || here.length === 0) go(to);
  });
  const look = useAction('ca.review', async () => {
    setReview(await call('ca.review', { draft: draft.id, revision }));
  });
  const sign = useAction('ca.sign', async () => {
    if (review === null) return;
    setFailed(false);
    setJob((await call('ca.sign', { draft: draft.id, revision, digest: review.digest })).job);
  });
  useEffect(() => {
    if (current === 'review' && review === null) void look.run();
  }, [current, review, look]);

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
    review,
    problems,
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
      if (again) setReview(null);
    },
    busy: leave.busy || look.busy || sign.busy || running,
    running,
    failJob: () => setFailed(true),
    next: STEPS[stepIndex(current) + 1]?.id ?? 'review',
    previous: STEPS[stepIndex(current) - 1]?.id ?? 'purpose',
  };
}

export type IssueState = ReturnType<typeof useIssueDraft>;
