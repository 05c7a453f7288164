/** Main's end of the store: sends commands to the worker and waits. It holds no data and opens no file. */
import { Worker } from 'node:worker_threads';
import type { AuditFile } from '../audit/audit-file.ts';
import type { AuditEntry } from '../audit/audit-record.ts';
import { AppError } from '../lib/app-error.ts';
import { bounded } from '../lib/bounded.ts';
import { wipe } from '../lib/bytes.ts';
import { gatheredUses } from '../lib/device-use.ts';
import type { Clock } from '../ports.ts';
import type { CommandArgs, CommandName, CommandResult, Store } from './store-contract.ts';
import { receiveError } from './store-error.ts';
import type { Late, StoreReply, StoreRequest } from './store-worker.ts';
import type { StoreStart } from './transaction.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** How audit.jsonl was found at opening. */
type AuditFileState = Pick<AuditFile, 'found' | 'healed' | 'foreign'>;

/** The command's audit record names the devices that signed for it; a command without one, or without devices, is as it was. */
function withSubjects(args: unknown, subjects: AuditEntry['subjects']): unknown {
  if (subjects.length === 0 || typeof args !== 'object' || args === null || !('audit' in args)) return args;
  const audit = args.audit as AuditEntry;
  return { ...args, audit: { ...audit, subjects: [...audit.subjects, ...subjects] } };
}

/** A disk that is gone answers nobody: the worker is ended without its answer then. */
const MOST_AT_CLOSE_MS = 15_000;

type Asked = StoreRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;

/**
 * Starts the worker and opens the database; `start.key` and `start.auditKey` are wiped here once the worker has its
 * copies. `died` runs when the worker ends by itself, `recorded` before a command that left an audit record is answered, `late` when
 * a file beside the table is behind.
 * Throws what opening throws.
 */
export async function startStore(
  deps: { worker: URL; clock: Clock; died(error: Error): void; recorded?(): void; late?(late: Late): void },
  start: StoreStart,
): Promise<Store & Pick<AuditFileState, 'healed' | 'foreign'>> {
  const worker = new Worker(deps.worker, { workerData: start, stdout: false });
  wipe(start.key, start.auditKey);
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let closed: Promise<void> | null = null;
  let over: Error | null = null;
  let auditLines = 0;

  function end(error: Error): void {
    if (over !== null) return;
    over = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    if (closed === null) deps.died(error);
  }

  worker.on('message', (message: StoreReply) => {
    if ('late' in message) {
      deps.late?.(message.late);
      return;
    }
    const found = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.ok && message.recorded === true) deps.recorded?.();
    if (message.ok) found?.resolve(message.value);
    else found?.reject(receiveError(message.error));
  });
  worker.on('error', end);
  worker.on('exit', () => end(new AppError('LOCKED', 'The workspace was locked. Unlock it and try again.')));

  function ask(request: Asked): Promise<unknown> {
    if (over !== null) return Promise.reject(over);
    const id = nextId;
    nextId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(id, { resolve, reject });
    worker.postMessage({ ...request, id });
    return promise;
  }

  /** Never throws. */
  async function closeAll(): Promise<void> {
    try {
      const closing = ask({ do: 'close' });
      auditLines = (await bounded(deps.clock, MOST_AT_CLOSE_MS, 'closing the database', closing)) as number;
    } catch (error) {
      // Whoever waits still, waits for nothing.
      end(error instanceof Error ? error : new Error(String(error)));
      void worker.terminate();
      return;
    }
    await worker.terminate();
  }

  const opened = Promise.withResolvers<unknown>();
  waiting.set(0, opened);
  let state: AuditFileState;
  try {
    state = (await opened.promise) as AuditFileState;
    auditLines = state.found;
  } catch (error) {
    closed = Promise.resolve();
    await worker.terminate();
    throw error;
  }

  return {
    healed: state.healed,
    foreign: state.foreign,
    auditLines: () => auditLines,
    run: <N extends CommandName>(name: N, args: CommandArgs<N>) => {
      if (closed !== null)
        return Promise.reject(new AppError('LOCKED', 'The workspace was locked. Unlock it and try again.'));
      const { subjects, recorded } = gatheredUses();
      const given = withSubjects(args, subjects);
      return ask({ do: 'run', name, args: given, at: deps.clock.now().toISOString() }).then((result) => {
        if (given !== args) recorded();
        return result as CommandResult<N>;
      });
    },
    copyTo: (path) => ask({ do: 'copy', path }) as Promise<string>,
    checkCopy: (path) => ask({ do: 'check', path }) as Promise<string>,
    close() {
      closed ??= closeAll();
      return closed;
    },
  };
}
