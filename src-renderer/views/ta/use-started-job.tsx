/** A button whose step is a job of main: started, followed where the button is, done or said why not. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Job } from '#shared/contract/app.ts';
import type { ChannelName } from '#shared/contract/index.ts';
import { useAction } from '../../app/use-action.ts';
import type { Action } from '../../app/use-action.ts';
import { JobProgress } from '../../components/job-progress.tsx';

export interface StartedJob {
  action: Action<[]>;
  /** It was started and has not ended; a failure that is still shown is no reason not to try again. */
  running: boolean;
  /** The job's progress or failure; null when there is none. */
  progress: ReactNode;
}

export function useStartedJob(
  channel: ChannelName,
  start: () => Promise<{ job: string }>,
  onDone: (job: Job) => void = () => undefined,
): StartedJob {
  const [job, setJob] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const action = useAction(channel, async () => {
    setFailed(false);
    setJob((await start()).job);
  });
  return {
    action,
    running: action.busy || (job !== null && !failed),
    progress:
      job === null ? null : (
        <JobProgress
          id={job}
          onRetry={() => setJob(null)}
          onEnd={(ended) => {
            if (ended.state === 'failed') setFailed(true);
            else setJob(null);
            if (ended.state === 'done') onDone(ended);
          }}
        />
      ),
  };
}
