/**
 * One audit record: its canonical encoding, hash, MAC and line in the file. Pure; it reads and writes nothing, and
 * the database worker, the verification and the tests all use exactly this.
 *
 * canonical = UTF-8 of the JSON array [format, workspace, seq, at, action, outcome, summary, subjects, version, previous]
 * hash      = SHA-256(canonical), MAC = HMAC-SHA256(audit key, canonical); `previous` is the hash before it.
 */
import { createHash, createHmac } from 'node:crypto';
import { shownText } from '#shared/hidden-characters.ts';
import type { AuditRecord } from '#shared/contract/audit.ts';

/** What a command says about itself; the store adds place, time, hashes. */
export interface AuditEntry {
  /** Dotted, the channel's words where there is one. */
  action: string;
  outcome: AuditRecord['outcome'];
  /** One sentence for a person, no secrets. */
  summary: string;
  subjects: { type: string; id: string; sha256: string | null }[];
}

/** A record as it is stored: with the MAC that only the holder of the workspace's key can make. Upper-case hex. */
export interface StoredAuditRecord extends AuditRecord {
  mac: string;
}

const FORMAT = 'baleen-audit-1';

/** Sentences may hold names, never secrets; still bounded. */
export const MOST_SUMMARY = 300;

/** What is longer ends in a sign that it goes on. */
export const summaryOf = (text: string): string =>
  text.length > MOST_SUMMARY ? `${text.slice(0, MOST_SUMMARY - 1)}…` : text;

/** What the first record follows: binds the chain to its workspace. */
export function genesisHash(workspaceId: string): string {
  return createHash('sha256').update(`${FORMAT}:${workspaceId}`).digest('hex').toUpperCase();
}

function canonical(workspaceId: string, record: Omit<AuditRecord, 'hash'>): string {
  const subjects = record.subjects.map(({ type, id, sha256 }) => [type, id, sha256]);
  return JSON.stringify([
    FORMAT,
    workspaceId,
    record.seq,
    record.at,
    record.action,
    record.outcome,
    record.summary,
    subjects,
    record.version,
    record.previous,
  ]);
}

/** SHA-256 over the canonical encoding, upper-case hex. */
export function recordHash(workspaceId: string, record: Omit<AuditRecord, 'hash'>): string {
  return createHash('sha256').update(canonical(workspaceId, record)).digest('hex').toUpperCase();
}

/** HMAC-SHA256 over the canonical encoding, upper-case hex. */
export function recordMac(
  auditKey: Uint8Array,
  workspaceId: string,
  record: Omit<AuditRecord, 'hash'>,
): string {
  return createHmac('sha256', auditKey).update(canonical(workspaceId, record)).digest('hex').toUpperCase();
}

/** Completes an entry to the record that follows `previous`, with hidden characters of its sentence written out. */
export function sealRecord(
  auditKey: Uint8Array,
  workspaceId: string,
  entry: AuditEntry,
  place: { seq: number; at: string; version: string; previous: string },
): StoredAuditRecord {
  const summary = shownText(entry.summary);
  const record = { ...place, ...entry, summary };
  return {
    seq: place.seq,
    at: place.at,
    action: entry.action,
    outcome: entry.outcome,
    summary,
    subjects: entry.subjects,
    version: place.version,
    previous: place.previous,
    hash: recordHash(workspaceId, record),
    mac: recordMac(auditKey, workspaceId, record),
  };
}

/** The record's line in audit.jsonl, without the newline. Field order is fixed, so lines compare as text. */
export function recordLine(record: StoredAuditRecord): string {
  const { seq, at, action, outcome, summary, subjects, version, previous, hash, mac } = record;
  return JSON.stringify({ seq, at, action, outcome, summary, subjects, version, previous, hash, mac });
}

export interface Head {
  entries: number;
  /** The hash of the last record, upper-case hex. */
  head: string;
}

/** "1284 9C1E 44B7 03FA": the number of entries and 48 bits of the hash, short enough to write down. */
export function shortHead({ entries, head }: Head): string {
  return `${entries} ${head.slice(0, 4)} ${head.slice(4, 8)} ${head.slice(8, 12)}`;
}
