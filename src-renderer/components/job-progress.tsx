/** The one way long work is shown: its title, step, progress, cancel, and the error when it failed. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { ERROR_CODES } from '#shared/errors.ts';
import type { ErrorCode } from '#shared/errors.ts';
import type { Job } from '#shared/contract/app.ts';
import { CallError, call } from '../app/call.ts';
import { useAction } from '../app/use-action.ts';
import { useJob } from '../app/use-job.ts';
import { useQuery } from '../app/use-query.ts';
import { Button } from './button.tsx';
import { Retry } from './retry.tsx';
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
  const { message = 'The work failed.', fields } = job.error ?? {};
  return new CallError('jobs.get', {
    code,
    message,
    ref: job.id,
    ...(fields === undefined ? {} : { details: { fields } }),
  });
}

/** Work that may need a key on a device: all of it needs the workspace open. */
const MAY_SIGN = /^(?:ca|keys|signers|ta)\./;

/** Which devices do not answer while work is under way: it waits for one of them without saying so. */
function NotThere({ kind }: { kind: string }) {
  const list = useQuery('signers.list', {}, ['signers'], { skip: !MAY_SIGN.test(kind) }).data;
  return (list?.rows ?? [])
    .filter(({ state }) => state === 'retrying')
    .map(({ id, name, retryAt }) => (
      <Notice key={id} severity="careful" live>
        “{name}” does not answer
        {retryAt === null ? null : (
          <>
            ; <Retry at={retryAt} />
          </>
        )}
        . Work with a key on it waits until then: look whether it is connected, or cancel.
      </Notice>
    ));
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
  return (
    <div className="progress">
      <ProgressBar title={job.title} share={job.progress}>
        {job.cancellable ? (
          <Button size="small" busy={cancel.busy} onPress={() => void cancel.run()}>
            Cancel
          </Button>
        ) : null}
      </ProgressBar>
      <p className="dim" role="status">
        {job.step}
      </p>
      <NotThere kind={job.kind} />
      {cancel.error ? <ErrorState error={cancel.error} /> : null}
    </div>
  );
}

/** Title and bar. `share`: 0 to 1; null: nobody can tell. */
function ProgressBar(props: { title: string; share: number | null; children?: ReactNode }) {
  const { title, share } = props;
  const percent = share === null ? null : Math.floor(share * 100);
  return (
    <>
      <div className="row">
        <b>{title}</b>
        <span className="quiet num push">{percent === null ? '' : `${percent} %`}</span>
        {props.children}
      </div>
      <div
        className="progress-track"
        role="progressbar"
        aria-label={title}
        {...(percent === null ? {} : { 'aria-valuenow': percent, 'aria-valuemin': 0, 'aria-valuemax': 100 })}
      >
        <div
          className="progress-fill"
          {...(percent === null ? { 'data-unknown': true } : { style: { width: `${percent}%` } })}
        />
      </div>
    </>
  );
}

/** Shorter work is not worth a bar that flashes up. */
const SHOWN_AFTER_MS = 300;

/** A file on its way to main, which then looks at it: shown once that takes longer than a moment. `share`: of the way; 1: it is there. */
export function ReadingProgress({ name, share }: { name: string; share: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  const there = share >= 1;
  return (
    <div className="progress">
      <ProgressBar
        title={there ? `Looking at what ${name} says` : `Reading ${name}`}
        share={there ? null : share}
      />
    </div>
  );
}
