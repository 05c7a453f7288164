/** A button whose step is a job of main: started, followed where the button is, done or said why not. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Job } from '#shared/contract/app.ts';
import type { ChannelName } from '#shared/contract/index.ts';
import type { CallError } from '../app/call.ts';
import { useAction } from '../app/use-action.ts';
import type { Action } from '../app/use-action.ts';
import { jobError, JobProgress } from './job-progress.tsx';

export interface StartedJob {
  /** Its error: why the job did not start, or why it failed. The form or button it came from stays, with what was typed. */
  action: Action<[]>;
  /** It was started and has not ended. */
  running: boolean;
  /** The job's progress; null when none runs. */
  progress: ReactNode;
}

export function useStartedJob(
  channel: ChannelName,
  start: () => Promise<{ job: string }>,
  onDone: (job: Job) => void = () => undefined,
): StartedJob {
  const [job, setJob] = useState<string | null>(null);
  const [failure, setFailure] = useState<CallError | null>(null);
  const action = useAction(channel, async () => {
    setFailure(null);
    setJob((await start()).job);
  });
  return {
    action: {
      ...action,
      error: action.error ?? failure,
      clear: () => {
        action.clear();
        setFailure(null);
      },
    },
    running: action.busy || job !== null,
    progress:
      job === null ? null : (
        <JobProgress
          id={job}
          onEnd={(ended) => {
            setJob(null);
            if (ended.state === 'failed') setFailure(jobError(ended));
            if (ended.state === 'done') onDone(ended);
          }}
        />
      ),
  };
}
