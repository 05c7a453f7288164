/** The one way long work is shown: its title, step, progress, cancel, and the error when it failed. */
import { useEffect, useRef } from 'react';
import { ERROR_CODES } from '#shared/errors.ts';
import type { ErrorCode } from '#shared/errors.ts';
import type { Job } from '#shared/contract/app.ts';
import { CallError, call } from '../app/call.ts';
import { useAction } from '../app/use-action.ts';
import { useJob } from '../app/use-job.ts';
import { Button } from './button.tsx';
import { ErrorState, Loading } from './state-box.tsx';
import { Notice } from './verdict.tsx';

export interface JobProgressProps {
  id: string;
  /** Called once, when the job has ended in any way. */
  onEnd?: (job: Job) => void;
  /** Offered after a failure. */
  onRetry?: () => void;
}

/** Why it failed, for a form that is shown again instead. */
export function jobError(job: Job): CallError {
  const known = ERROR_CODES.find((code) => code === job.error?.code);
  const code: ErrorCode = known ?? 'INTERNAL';
  return new CallError('jobs.get', { code, message: job.error?.message ?? 'The work failed.', ref: job.id });
}

export function JobProgress({ id, onEnd, onRetry }: JobProgressProps) {
  const { data: job, error, reload } = useJob(id);
  const cancel = useAction('jobs.cancel', () => call('jobs.cancel', { id }));
  const told = useRef<string | null>(null);
  useEffect(() => {
    if (!job || job.state === 'running' || told.current === job.id) return;
    told.current = job.id;
    onEnd?.(job);
  }, [job, onEnd]);

  if (!job) return error ? <ErrorState error={error} onRetry={reload} /> : <Loading what="the progress" />;
  if (job.state === 'failed') return <ErrorState error={jobError(job)} onRetry={onRetry} />;
  if (job.state === 'cancelled')
    return <Notice severity="note">{job.title}: cancelled. Nothing was changed.</Notice>;
  if (job.state === 'done') {
    return (
      <Notice severity="good" live>
        {job.title}: done.
      </Notice>
    );
  }
  const share = job.progress;
  return (
    <div className="progress">
      <div className="row">
        <b>{job.title}</b>
        <span className="quiet num push">{share === null ? '' : `${Math.floor(share * 100)} %`}</span>
        {job.cancellable ? (
          <Button size="small" busy={cancel.busy} onPress={() => void cancel.run()}>
            Cancel
          </Button>
        ) : null}
      </div>
      <div
        className="progress-track"
        role="progressbar"
        aria-label={job.title}
        {...(share === null
          ? {}
          : { 'aria-valuenow': Math.floor(share * 100), 'aria-valuemin': 0, 'aria-valuemax': 100 })}
      >
        <div
          className="progress-fill"
          {...(share === null ? { 'data-unknown': true } : { style: { width: `${share * 100}%` } })}
        />
      </div>
      <p className="dim" role="status">
        {job.step}
      </p>
      {cancel.error ? <ErrorState error={cancel.error} /> : null}
    </div>
  );
}
