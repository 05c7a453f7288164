/**
 * audit.jsonl: the projection of the audit table, one line a record, appended and synced. It only grows; a line that a
 * crash cut off is completed at opening. Whether its content is true is verification's question.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { recordLine, type StoredAuditRecord } from './audit-record.ts';

export interface AuditFile {
  /** Number of the last whole line. */
  readonly lastSeq: number;
  /** The last line was cut off and taken away; `append` writes it again. */
  readonly healed: boolean;
  append(records: readonly StoredAuditRecord[]): void;
  close(): void;
}

function seqOf(line: string): number {
  try {
    const { seq } = JSON.parse(line) as { seq?: unknown };
    return typeof seq === 'number' ? seq : 0;
  } catch {
    // An altered line: verification names it, and the lines after it still count.
    return 0;
  }
}

/** Opens or makes the file (0600). The caller gives `append` what the table has beyond `lastSeq`. */
export function openAuditFile(path: string): AuditFile {
  const file = openSync(path, 'a+', 0o600);
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const healed = whole.length !== text.length;
  if (healed) ftruncateSync(file, Buffer.byteLength(whole));
  const lines = whole.split('\n').filter((line) => line !== '');
  let length = Buffer.byteLength(whole);
  let lastSeq = lines.reduce((last, line) => Math.max(last, seqOf(line)), 0);
  return {
    get lastSeq() {
      return lastSeq;
    },
    healed,
    append(records) {
      if (records.length === 0) return;
      const bytes = Buffer.from(`${records.map(recordLine).join('\n')}\n`, 'utf8');
      try {
        // A full disk takes a part and says so by the count alone; the next write then throws.
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
        fsyncSync(file);
      } catch (error) {
        // Half a line would be glued to the next one.
        ftruncateSync(file, length);
        throw error;
      }
      length += bytes.length;
      lastSeq = records.at(-1)?.seq ?? lastSeq;
    },
    close: () => closeSync(file),
  };
}
