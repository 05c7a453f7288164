/** Compares audit.jsonl, line by line, with what the table says it must hold. Pure; the chain of the table is chain.ts's. */
import { recordLine, type StoredAuditRecord } from './audit-record.ts';
import type { Fault } from './chain.ts';

/** The first difference, located; empty when there is none. */
export function fileFaults(text: string, records: readonly StoredAuditRecord[]): Fault[] {
  const lines = text.split('\n').filter((line) => line !== '');
  for (const [index, record] of records.entries()) {
    const line = lines[index];
    const seq = index + 1;
    if (line === undefined)
      return [
        {
          seq,
          kind: 'truncated',
          text: `audit.jsonl ends after entry ${index}; ${records.length - index} are missing from it`,
        },
      ];
    if (line === recordLine(record)) continue;
    const later = lines.indexOf(recordLine(record));
    if (later > index && lines[later - 1] !== undefined)
      return [{ seq, kind: 'reordered', text: `audit.jsonl: reordered at entry ${seq}` }];
    if (records[index + 1] !== undefined && line === recordLine(records[index + 1] as StoredAuditRecord))
      return [{ seq, kind: 'missing', text: `audit.jsonl: entry ${seq} is missing` }];
    return [{ seq, kind: 'altered', text: `audit.jsonl: altered at entry ${seq}` }];
  }
  return lines.length > records.length
    ? [
        {
          seq: records.length + 1,
          kind: 'forged',
          text: `audit.jsonl has ${lines.length - records.length} lines that Baleen did not write`,
        },
      ]
    : [];
}
