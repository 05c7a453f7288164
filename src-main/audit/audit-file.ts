/**
 * audit.jsonl: the projection of the audit table, one line a record, appended and synced. It only grows; a line that a
 * crash cut off is completed at opening. Whether its content is true is verification's question.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { recordLine, type StoredAuditRecord } from './audit-record.ts';

export interface AuditFile {
  /** Number of the last record of the table that has its line. */
  readonly lastSeq: number;
  /** The last line was cut off and taken away; `append` writes it again. */
  readonly healed: boolean;
  /** Lines at the end that Baleen did not write; they stay where they are, for verification to name. */
  readonly foreign: number;
  append(records: readonly StoredAuditRecord[]): void;
  close(): void;
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
 * the table has beyond `lastSeq`.
 */
export function openAuditFile(path: string, recordOf: (seq: number) => StoredAuditRecord | null): AuditFile {
  const file = openSync(path, 'a+', 0o600);
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
  return {
    get lastSeq() {
      return lastSeq;
    },
    healed,
    foreign: own.foreign,
    append(records) {
      if (records.length === 0) return;
      const { size } = fstatSync(file);
      const added = Buffer.from(`${records.map(recordLine).join('\n')}\n`, 'utf8');
      try {
        // A full disk takes a part and says so by the count alone; the next write then throws.
        for (let done = 0; done < added.length;) done += writeSync(file, added, done);
        fsyncSync(file);
      } catch (error) {
        // Half a line would be glued to the next one.
        ftruncateSync(file, size);
        throw error;
      }
      lastSeq = records.at(-1)?.seq ?? lastSeq;
    },
    close: () => closeSync(file),
  };
}
