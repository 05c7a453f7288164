/**
 * What was refused while the workspace was locked, until the audit takes it over at the next unlock. A plain file:
 * while it is locked there is no key, so anybody who can write in the folder can write notes, and the audit says so.
 */
import { appendFile, lstat, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ChannelName } from '#shared/contract/index.ts';
import type { AuditEntry } from '../audit/audit-record.ts';
import { fileError } from '../lib/app-error.ts';
import { APPEND } from '../lib/append-flags.ts';
import { secondText } from '../lib/moment-text.ts';
import { writeFileAtomic } from '../lib/atomic-file.ts';
import { sha256Hex } from '../lib/bytes.ts';

/** One action for all of them: no note can pass for what only an unlocked workspace does. */
export const NOTED = 'workspace.whileLocked';
/** Of a longer file the newest notes are kept, and how many were left out. */
const MOST_NOTES = 200;
const MOST_BYTES = 131_072;

/** What can be refused while it is locked, as a person calls it. */
const WORDS: Partial<Record<string, string>> = {
  'workspace.unlock': 'unlocking',
  'workspace.recover': 'unlocking with the recovery key',
  'workspace.create': 'making a workspace',
  'workspace.openRecent': 'opening another workspace',
  'workspace.openFolder': 'opening another workspace',
  'workspace.backup': 'making a backup',
  'workspace.restore': 'restoring a backup',
  'workspace.lock': 'locking',
  'workspace.close': 'closing',
} satisfies Partial<Record<ChannelName, string>>;

const note = z.object({
  at: z.iso.datetime(),
  action: z.string().max(64),
  outcome: z.enum(['done', 'refused', 'failed']),
  summary: z.string().max(1000),
});
const leftOutNote = z.strictObject({ leftOut: z.number().int().min(1) });

interface Batch {
  entries: AuditEntry[];
  /** SHA-256 of the file: the audit takes one batch once, however often a crash brings it back. */
  digest: string;
}

export interface LockedNotes {
  /** Throws what writing throws. */
  note(entry: AuditEntry, now: Date): Promise<void>;
  /** The next batch to take over, oldest first, or null; `forget` after it was taken. Never throws for its content. */
  next(): Promise<Batch | null>;
  forget(): Promise<void>;
}

function entry(outcome: AuditEntry['outcome'], summary: string): AuditEntry {
  return { action: NOTED, outcome, summary, subjects: [] };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Cut off by a crash or altered: it is still one event, and is recorded as such.
    return null;
  }
}

function entryOf(line: string): AuditEntry {
  const found = note.safeParse(parsed(line));
  if (!found.success) return entry('refused', 'A note made while locked could not be read');
  const { at, action, outcome, summary } = found.data;
  // What nothing here does while locked keeps the name it gave itself: a note may be anybody's.
  const what = WORDS[action] ?? action;
  return entry(
    outcome === 'failed' ? 'failed' : 'refused',
    `While locked, ${secondText(at)}: ${what}: ${summary}`,
  );
}

/** The last lines of a file, and how many before them are left out. */
async function tail(path: string): Promise<{ lines: string[]; leftOut: number; bytes: Buffer }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
    const read = bytes.subarray(0, bytesRead);
    const all = read
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
    const told = leftOutNote.safeParse(parsed(all[0] ?? ''));
    // Of what lies before the piece nothing is known but that it is there.
    const before = size > MOST_BYTES ? 1 : told.success ? told.data.leftOut : 0;
    const notes = before > 0 ? all.slice(1) : all;
    const lines = notes.slice(-MOST_NOTES);
    return { lines, leftOut: before + notes.length - lines.length, bytes: read };
  } finally {
    await file.close();
  }
}

/** Its size, or null when no plain file lies there. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await lstat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw fileError(error, path);
  }
}

export function createLockedNotes(folder: string): LockedNotes {
  const path = join(folder, 'locked-audit.jsonl');
  /** Out of the way of new notes while it is taken over. */
  const taking = join(folder, 'locked-audit.taking.jsonl');

  return {
    async note({ action, outcome, summary }, now) {
      const line = `${JSON.stringify({ at: now.toISOString(), action, outcome, summary })}\n`;
      try {
        if (((await sizeOf(path)) ?? 0) + line.length > MOST_BYTES) {
          const { lines, leftOut } = await tail(path);
          const kept = lines.slice(-MOST_NOTES / 2);
          const first = JSON.stringify({ leftOut: leftOut + lines.length - kept.length });
          await writeFileAtomic(path, Buffer.from(`${[first, ...kept].join('\n')}\n`), 0o600);
        }
        await appendFile(path, line, { mode: 0o600, flush: true, flag: APPEND });
      } catch (error) {
        throw fileError(error, path);
      }
    },
    async next() {
      if ((await sizeOf(taking)) === null) {
        if ((await sizeOf(path)) === null) return null;
        await rename(path, taking);
      }
      const { lines, leftOut, bytes } = await tail(taking);
      return {
        entries: [
          ...(leftOut === 0
            ? []
            : [entry('failed', `Notes made while locked were left out: ${leftOut} or more, before these`)]),
          ...lines.map(entryOf),
        ],
        digest: sha256Hex(bytes),
      };
    },
    forget: () => rm(taking, { force: true }),
  };
}
