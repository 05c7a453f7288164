/**
 * Long work: id, progress, cancel, result ids. One way for all (import, key generation, backup, later probes and
 * exchanges). It holds no data of the work and survives no restart: what must survive is stored by its domain.
 */
import type { Topic } from '#shared/bridge.ts';
import type { Job } from '#shared/contract/app.ts';
import type { Clock, Random } from '../ports.ts';
import { AppError, errorText } from './app-error.ts';
import { bounded } from './bounded.ts';
import type { Around } from './device-use.ts';
import { newId } from './ids.ts';
import type { Log } from './log.ts';

export interface JobContext {
  /** Aborted when the operator cancels; the work checks it between steps. */
  signal: AbortSignal;
  /** `progress` 0..1, or null while unknown; `step` is what is being done, for reading. */
  report(progress: number | null, step: string): void;
  /** From here on the job cannot be cancelled (it is about to change something). */
  commit(): void;
  /** `commit` of a job that locks the workspace itself: the lock waits for all others, not for this one. */
  commitToLock(): void;
}

export interface JobSpec {
  kind: string;
  title: string;
  /** Answers the ids of what it made. Throws AppError to fail with a sentence. */
  run(context: JobContext): Promise<string[]>;
  /** Called once when the work failed or was cancelled, to write the audit entry. */
  refused?(error: AppError): Promise<void>;
}

export interface Jobs {
  start(spec: JobSpec): string;
  list(): Job[];
  get(id: string): Job;
  cancel(id: string): void;
  dismiss(id: string): void;
  /**
   * Cancels what runs and forgets it; resolves when all work has ended but that which locks. Used by lock. Throws Error when some
   * did not end in time; it is forgotten all the same.
   */
  clear(): Promise<void>;
  /** The same for all work. Used when the application ends; never throws. */
  end(): Promise<void>;
}

interface Entry {
  job: Job;
  abort: AbortController;
  /** It is locking the workspace. */
  locks: boolean;
  done: Promise<void>;
}

/** Progress events are sent at most this often per job. */
const REPORT_EVERY_MS = 100;
const KEEP_ENDED = 50;
/** For work that is past its cancelling when it is locked: it may hang for ever, and the keys must go. */
export const MOST_AT_LOCK_MS = 30_000;

export function createJobs(deps: {
  clock: Clock;
  random: Random;
  log: Log;
  /** Around the work of each job (lib/device-use.ts). */
  around: Around;
  changed(topic: Topic, ids: string[]): void;
}): Jobs {
  const entries = new Map<string, Entry>();

  function find(id: string): Entry {
    const entry = entries.get(id);
    if (entry === undefined) throw new AppError('NOT_FOUND', 'This job is no longer known.');
    return entry;
  }

  function end(job: Job, state: 'done' | 'failed' | 'cancelled'): void {
    job.state = state;
    job.cancellable = false;
    job.endedAt = deps.clock.now().toISOString();
    deps.changed('jobs', [job.id]);
    const ended = [...entries.values()].filter((entry) => entry.job.state !== 'running');
    for (const entry of ended.slice(0, Math.max(0, ended.length - KEEP_ENDED))) entries.delete(entry.job.id);
  }

  function failureOf(error: unknown, job: Job, aborted: boolean): AppError {
    if (aborted) return new AppError('CANCELLED', `${job.title}: cancelled, nothing was changed.`);
    if (error instanceof AppError) return error;
    const ref = deps.log.failure(`job ${job.kind} failed`, error);
    return new AppError('INTERNAL', `${job.title} failed; the log has it under ${ref}.`, {
      library: errorText(error),
    });
  }

  async function run(spec: JobSpec, job: Job, abort: AbortController): Promise<void> {
    let reportedAt = 0;
    const commit = (): void => {
      abort.signal.throwIfAborted();
      job.cancellable = false;
      deps.changed('jobs', [job.id]);
    };
    const context: JobContext = {
      signal: abort.signal,
      report(progress, step) {
        job.progress = progress;
        job.step = step;
        const now = Date.now();
        if (now - reportedAt < REPORT_EVERY_MS) return;
        reportedAt = now;
        deps.changed('jobs', [job.id]);
      },
      commit,
      commitToLock() {
        commit();
        const entry = entries.get(job.id);
        if (entry !== undefined) entry.locks = true;
      },
    };
    try {
      job.resultIds = await deps.around(() => spec.run(context));
      job.progress = 1;
      end(job, 'done');
    } catch (error) {
      const cancelled = abort.signal.aborted && job.cancellable;
      const failure = failureOf(error, job, cancelled);
      const { fields } = failure.details ?? {};
      job.error = {
        code: failure.code,
        message: failure.message,
        ...(fields === undefined ? {} : { fields }),
      };
      // A failing audit write must not hide why the job failed.
      await spec
        .refused?.(failure)
        .catch((second: unknown) => deps.log.failure('audit of a failed job', second));
      end(job, cancelled ? 'cancelled' : 'failed');
    }
  }

  async function stop(all: readonly Entry[]): Promise<void> {
    for (const { job, abort } of all) if (job.cancellable) abort.abort();
    const ended = Promise.all(all.map((entry) => entry.done));
    const kinds = all.map(({ job }) => job.kind).join(', ');
    try {
      await bounded(deps.clock, MOST_AT_LOCK_MS, `work under way (${kinds})`, ended);
    } finally {
      for (const { job } of all) entries.delete(job.id);
      deps.changed('jobs', []);
    }
  }

  return {
    start(spec) {
      const id = newId('job', deps.random);
      const job: Job = {
        id,
        kind: spec.kind,
        title: spec.title,
        state: 'running',
        progress: null,
        step: '',
        cancellable: true,
        startedAt: deps.clock.now().toISOString(),
        endedAt: null,
        resultIds: [],
        error: null,
      };
      const abort = new AbortController();
      const done = Promise.resolve().then(() => run(spec, job, abort));
      entries.set(id, { job, abort, locks: false, done });
      deps.changed('jobs', [id]);
      return id;
    },
    list: () => [...entries.values()].map((entry) => structuredClone(entry.job)),
    get: (id) => structuredClone(find(id).job),
    cancel(id) {
      const { job, abort } = find(id);
      if (job.state !== 'running') return;
      if (!job.cancellable)
        throw new AppError('NOT_ALLOWED_NOW', 'It is past the point where it can be cancelled.');
      abort.abort();
    },
    dismiss(id) {
      if (find(id).job.state === 'running')
        throw new AppError('NOT_ALLOWED_NOW', 'Cancel the job before dismissing it.');
      entries.delete(id);
      deps.changed('jobs', [id]);
    },
    clear: () => stop([...entries.values()].filter(({ locks }) => !locks)),
    async end() {
      await stop([...entries.values()]).catch((error: unknown) => deps.log.failure('ending', error));
    },
  };
}
