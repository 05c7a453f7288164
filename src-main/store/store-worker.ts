/**
 * The database worker: the only thread that touches workspace.db and audit.jsonl. One message, one transaction; the
 * answer goes out after the commit is durable; the audit file has its line then, or gets it with the next command.
 */
import { parentPort, workerData } from 'node:worker_threads';
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

export type StoreReply =
  /** `recorded`: the command left a record in the audit. */
  | { id: number; ok: true; value: unknown; recorded?: boolean }
  | { id: number; ok: false; error: ReturnType<typeof sendError> };

const port = parentPort;
if (port === null) throw new Error('the store worker runs as a worker thread only');
const start = workerData as StoreStart;

function reply(message: StoreReply): void {
  port?.postMessage(message);
}

try {
  const store = openStore(start);
  const file = openAuditFile(start.auditFile, store.recordOf);
  /** What is committed is done, whatever its projection meets: the file catches up with the next command or start. */
  const project = (records: ReturnType<typeof store.recordsAfter>): void => {
    try {
      file.append(records);
    } catch (error) {
      process.stderr.write(`audit.jsonl is behind its table: ${String(error)}\n`);
    }
  };
  /** After the answer: the command is done, and what fails here is tried again after the next one. */
  const fold = (): void => {
    try {
      foldLog(store.db);
    } catch (error) {
      process.stderr.write(`the log of the database stays as it is: ${String(error)}\n`);
    }
  };
  file.append(store.recordsAfter(file.lastSeq));
  reply({ id: 0, ok: true, value: { healed: file.healed, foreign: file.foreign } });
  port.on('message', (request: StoreRequest) => {
    try {
      if (request.do === 'copy') {
        copyDatabase(store.db, request.path);
        reply({ id: request.id, ok: true, value: holding(store.db) });
      } else if (request.do === 'check') {
        const copy = openDatabase(request.path, start.key, false);
        checkIntegrity(copy, request.path);
        const held = holding(copy);
        closeWhole(copy);
        reply({ id: request.id, ok: true, value: held });
      } else if (request.do === 'run') {
        const value = store.run(request.name, request.args, request.at);
        const records = store.recordsAfter(file.lastSeq);
        project(records);
        reply({ id: request.id, ok: true, value, recorded: records.length > 0 });
        fold();
      } else {
        store.close();
        file.close();
        start.key.fill(0);
        start.auditKey.fill(0);
        reply({ id: request.id, ok: true, value: null });
        port.close();
      }
    } catch (error) {
      reply({ id: request.id, ok: false, error: sendError(storeError(error, start.path)) });
    }
  });
} catch (error) {
  reply({ id: 0, ok: false, error: sendError(storeError(error, start.path)) });
  port.close();
}
