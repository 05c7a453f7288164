/**
 * audit.jsonl: the projection of the audit table, one line a record, appended and synced. It only grows; a line that a
 * crash cut off is completed at opening. Whether its content is true is verification's question.
 *
 * A line is written before its command is answered, so that the end of the program loses none. It is synced behind the answer, in
 * the thread pool, what came meanwhile together: a growing file takes several times as long as the commit of the table, which
 * is the truth, and what a loss of power takes from the file is completed at opening.
 */
import { closeSync, fstatSync, fsync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { APPEND } from '../lib/append-flags.ts';
import { recordLine, type StoredAuditRecord } from './audit-record.ts';

export interface AuditFile {
  /** Number of the last record of the table that has its line. */
  readonly lastSeq: number;
  /** How many records had their line when it was opened. */
  readonly found: number;
  /** The last line was cut off and taken away; `append` writes it again. */
  readonly healed: boolean;
  /** Lines at the end that Baleen did not write; they stay where they are, for verification to name. */
  readonly foreign: number;
  append(records: readonly StoredAuditRecord[]): void;
  /** Resolves when everything is synced, or it was said that it cannot be. */
  close(): Promise<void>;
}

function seqOf(line: string): number {
  try {
    const { seq } = JSON.parse(line) as { seq?: unknown };
    return typeof seq === 'number' && Number.isSafeInteger(seq) ? seq : 0;
  } catch {
    // An altered line: it counts as none of the table's.
    return 0;
  }
}

/** The last line that is the table's own: what a line says of itself would let anybody end the projection. */
function lastOwn(
  lines: readonly string[],
  recordOf: (seq: number) => StoredAuditRecord | null,
): { seq: number; foreign: number } {
  for (const [behind, line] of lines.toReversed().entries()) {
    const seq = seqOf(line);
    const record = seq < 1 ? null : recordOf(seq);
    if (record !== null && recordLine(record) === line) return { seq, foreign: behind };
  }
  return { seq: 0, foreign: lines.length };
}

/**
 * Opens or makes the file (0600); `recordOf` answers the table's record of that number. The caller gives `append` what
 * the table has beyond `lastSeq`. `failed`: lines could not be synced; they were taken away and are beyond `lastSeq` again.
 */
export function openAuditFile(
  path: string,
  recordOf: (seq: number) => StoredAuditRecord | null,
  failed: (error: Error) => void,
): AuditFile {
  const file = openSync(path, APPEND, 0o600);
  const bytes = readFileSync(path);
  const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
  const healed = whole.length !== bytes.length;
  if (healed) ftruncateSync(file, whole.length);
  const lines = whole
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const own = lastOwn(lines, recordOf);
  let lastSeq = own.seq;
  /** How far it is on the disk for certain. */
  let synced = { seq: lastSeq, size: whole.length };
  let syncing: Promise<void> | null = null;

  function takeBack(error: Error): void {
    failed(error);
    try {
      ftruncateSync(file, synced.size);
      lastSeq = synced.seq;
    } catch (second) {
      // Then the lines stay, and a second copy would be worse than none.
      failed(second as Error);
    }
  }

  function sync(): Promise<void> {
    const upTo = { seq: lastSeq, size: fstatSync(file).size };
    const { promise, resolve } = Promise.withResolvers<void>();
    fsync(file, (error) => {
      syncing = null;
      if (error !== null) takeBack(error);
      else {
        synced = upTo;
        // What was written meanwhile may have missed that one.
        if (lastSeq > synced.seq) syncing = sync();
      }
      resolve(syncing ?? undefined);
    });
    return promise;
  }

  return {
    get lastSeq() {
      return lastSeq;
    },
    found: own.seq,
    healed,
    foreign: own.foreign,
    append(records) {
      if (records.length === 0) return;
      const { size } = fstatSync(file);
      const added = Buffer.from(`${records.map(recordLine).join('\n')}\n`, 'utf8');
      try {
        // A full disk takes a part and says so by the count alone; the next write then throws.
        for (let done = 0; done < added.length;) done += writeSync(file, added, done);
      } catch (error) {
        // Half a line would be glued to the next one.
        ftruncateSync(file, size);
        throw error;
      }
      lastSeq = records.at(-1)?.seq ?? lastSeq;
      syncing ??= sync();
    },
    async close() {
      await syncing;
      closeSync(file);
    },
  };
}
