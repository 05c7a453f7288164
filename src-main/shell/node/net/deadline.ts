/** How long a connection may take: until its time is over or its caller gives it up, whichever comes first. It knows no socket. */
import { AppError } from '../../../lib/app-error.ts';

export interface Deadline {
  /** What `work` answers, unless the deadline passes before. */
  wait<T>(work: Promise<T>): Promise<T>;
  /** To be called once, when nothing waits any more. */
  end(): void;
}

/** `where` stands in the sentences. SECURITY: a reason that is an AppError (the gate was shut) is passed on as it is. */
export function startDeadline(where: string, timeoutMs: number, signal: AbortSignal | undefined): Deadline {
  const { promise: passed, reject } = Promise.withResolvers<never>();
  // Nobody may be waiting at that moment.
  passed.catch(() => undefined);
  const given = (): void =>
    reject(
      signal?.reason instanceof AppError
        ? signal.reason
        : new AppError('CANCELLED', `The exchange with ${where} was cancelled.`),
    );
  const late = (): void =>
    reject(
      new AppError(
        'UNREACHABLE',
        `${where} did not answer within ${timeoutMs / 1000} seconds: look at its log, or try again later.`,
      ),
    );
  const timer = setTimeout(late, timeoutMs);
  timer.unref();
  signal?.addEventListener('abort', given, { once: true });
  if (signal?.aborted === true) given();
  return {
    // `passed` first: what was given up before it began is not taken, even when it is there.
    wait: (work) => Promise.race([passed, work]),
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', given);
    },
  };
}
