/**
 * The database worker: the only thread that touches workspace.db and audit.jsonl. One message, one transaction; those that came
 * while it was busy share a commit. An answer goes out after the commit is durable; the audit file has its line then, synced soon
 * after, or gets it with the next command.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openAuditFile } from '../audit/audit-file.ts';
import { checkIntegrity, copyDatabase, foldLog, holding, openDatabase } from './database.ts';
import { closeWhole } from './migrate.ts';
import { sendError, storeError } from './store-error.ts';
import { openStore, type StoreStart } from './transaction.ts';

/** What main asks: a command, a copy, or the end. */
export type StoreRequest =
  | { id: number; do: 'run'; name: string; args: unknown; at: string }
  | { id: number; do: 'copy' | 'check'; path: string }
  | { id: number; do: 'close' };

type RunRequest = Extract<StoreRequest, { do: 'run' }>;

export type StoreReply =
  /** `recorded`: the command left a record in the audit. */
  | { id: number; ok: true; value: unknown; recorded?: boolean }
  | { id: number; ok: false; error: ReturnType<typeof sendError> }
  /** Behind the answers: something is late, and nothing is lost. */
  | { id: -1; ok: true; value: null; late: Late };

/** What did not come with its command: lines of audit.jsonl, or pages of the log of the database. `why` is for the log. */
export interface Late {
  what: 'audit' | 'log';
  why: string;
}

const port = parentPort;
if (port === null) throw new Error('the store worker runs as a worker thread only');
const start = workerData as StoreStart;

/** So that the first of many does not wait for all. */
const MOST_TOGETHER = 64;

function reply(message: StoreReply): void {
  port?.postMessage(message);
}

try {
  const store = openStore(start);
  /** What is committed is done, whatever its projection meets: the file catches up with the next command or start. */
  const behind = (error: unknown): void =>
    reply({ id: -1, ok: true, value: null, late: { what: 'audit', why: String(error) } });
  const file = openAuditFile(start.auditFile, store.recordOf, behind);
  file.append(store.recordsAfter(file.lastSeq));

  function refuse(id: number, error: unknown): void {
    reply({ id, ok: false, error: sendError(storeError(error, start.path)) });
  }

  /** Completes the file; answers whether there was a record that it had not. Never throws: what is committed is done. */
  function project(): boolean {
    try {
      const records = store.recordsAfter(file.lastSeq);
      file.append(records);
      return records.length > 0;
    } catch (error) {
      behind(error);
      return true;
    }
  }

  function runAll(requests: readonly RunRequest[]): void {
    // Who looks at the file, too, finds it whole, also after a sync that failed.
    if (requests.some(({ name }) => !store.mayShare(name))) project();
    const outcomes = store.run(requests);
    // Told once, with the first answer that can carry it.
    let recorded = project();
    for (const [at, { id }] of requests.entries()) {
      const outcome = outcomes[at];
      if (outcome?.ok === true) {
        reply({ id, ok: true, value: outcome.value, recorded });
        recorded = false;
      } else refuse(id, outcome?.error);
    }
  }

  /** After the answers: the commands are done, and what fails here is tried again after the next ones. */
  function fold(): void {
    try {
      if (store.db.open) foldLog(store.db);
    } catch (error) {
      reply({ id: -1, ok: true, value: null, late: { what: 'log', why: String(error) } });
    }
  }

  async function runOther(request: Exclude<StoreRequest, RunRequest>): Promise<void> {
    if (request.do === 'copy') {
      copyDatabase(store.db, request.path);
      reply({ id: request.id, ok: true, value: holding(store.db) });
    } else if (request.do === 'check') {
      const copy = openDatabase(request.path, start.key, false);
      checkIntegrity(copy, request.path);
      const held = holding(copy);
      closeWhole(copy);
      reply({ id: request.id, ok: true, value: held });
    } else {
      store.close();
      start.key.fill(0);
      start.auditKey.fill(0);
      await file.close();
      reply({ id: request.id, ok: true, value: file.lastSeq });
      port?.close();
    }
  }

  function answer(waiting: readonly StoreRequest[]): void {
    let together: RunRequest[] = [];
    const commit = (): void => {
      if (together.length > 0) runAll(together);
      together = [];
    };
    for (const request of waiting) {
      const shares = request.do === 'run' && store.mayShare(request.name) && together.length < MOST_TOGETHER;
      if (!shares) commit();
      if (request.do === 'run') together.push(request);
      else runOther(request).catch((error: unknown) => refuse(request.id, error));
    }
    commit();
    fold();
  }

  reply({ id: 0, ok: true, value: { found: file.found, healed: file.healed, foreign: file.foreign } });
  port.on('message', (first: StoreRequest) => {
    const waiting = [first];
    for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port))
      waiting.push(more.message as StoreRequest);
    answer(waiting);
  });
} catch (error) {
  reply({ id: 0, ok: false, error: sendError(storeError(error, start.path)) });
  port.close();
}
