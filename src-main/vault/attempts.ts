/**
 * What is kept beside a locked workspace: refused attempts that slow the next one down, and records that the audit
 * gets at the next unlock. Plain files: while it is locked there is no key to protect them, and the screen says so.
 */
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { AppError, fileError } from '../lib/app-error.ts';
import { exists, readFileLimited, writeFileAtomic } from '../lib/atomic-file.ts';
import type { AuditEntry } from '../audit/audit-record.ts';

const attempts = z.strictObject({ refused: z.number().int().min(0), lastAt: z.iso.datetime() });
/** What a file that cannot be read counts as: attempts wait a while, from the epoch on. */
const DAMAGED = { refused: 5, lastAt: new Date(0).toISOString() };
const FREE_ATTEMPTS = 2;
const MOST_WAIT_MS = 15 * 60_000;

/** 0 for the first two, then 1 s, 2 s, 4 s ... 15 min. */
export function waitAfter(refused: number): number {
  return refused <= FREE_ATTEMPTS ? 0 : Math.min(MOST_WAIT_MS, 1000 * 2 ** (refused - FREE_ATTEMPTS - 1));
}

export interface Attempts {
  /** From when the next attempt is looked at, or null. */
  retryAt(now: Date): Promise<Date | null>;
  refused(now: Date): Promise<void>;
  cleared(): Promise<void>;
  note(entry: AuditEntry, now: Date): Promise<void>;
  /** What was noted, oldest first; `forget` after it was folded in. */
  noted(): Promise<AuditEntry[]>;
  forget(): Promise<void>;
}

const notedEntry = z.strictObject({
  at: z.iso.datetime(),
  action: z.string().max(64),
  outcome: z.enum(['done', 'refused', 'failed']),
  summary: z.string().max(1000),
});

export function createAttempts(folder: string): Attempts {
  const path = join(folder, 'attempts.json');
  const notes = join(folder, 'locked-audit.jsonl');

  async function read(): Promise<z.infer<typeof attempts> | null> {
    if (!(await exists(path))) return null;
    try {
      const parsed = attempts.safeParse(JSON.parse((await readFileLimited(path, 4096)).toString('utf8')));
      if (parsed.success) return parsed.data;
    } catch {
      // A crash or another hand left it half-written: that must not lock the operator out, nor free the next attempts.
    }
    return DAMAGED;
  }

  return {
    async retryAt(now) {
      const stored = await read();
      if (stored === null) return null;
      const at = Date.parse(stored.lastAt) + waitAfter(stored.refused);
      // A clock that was set back must not lock the operator out for longer than the longest wait.
      return at > now.getTime() && at - now.getTime() <= MOST_WAIT_MS ? new Date(at) : null;
    },
    async refused(now) {
      const stored = await read();
      const next = { refused: (stored?.refused ?? 0) + 1, lastAt: now.toISOString() };
      await writeFileAtomic(path, Buffer.from(JSON.stringify(next)), 0o600);
    },
    cleared: () => rm(path, { force: true }),
    async note(entry, now) {
      const { action, outcome, summary } = entry;
      try {
        await appendFile(notes, `${JSON.stringify({ at: now.toISOString(), action, outcome, summary })}\n`, {
          mode: 0o600,
          flush: true,
        });
      } catch (error) {
        throw fileError(error, notes);
      }
    },
    async noted() {
      if (!(await exists(notes))) return [];
      const lines = (await readFileLimited(notes, 8_388_608))
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '');
      return lines.map((line): AuditEntry => {
        let value: unknown = null;
        try {
          value = JSON.parse(line);
        } catch {
          // Cut off by a crash or altered: it is still one event, and is recorded as such.
        }
        const parsed = notedEntry.safeParse(value);
        if (!parsed.success)
          return {
            action: 'workspace.unlock',
            outcome: 'refused',
            summary: 'A note made while locked could not be read.',
            subjects: [],
          };
        return {
          action: parsed.data.action,
          outcome: parsed.data.outcome,
          summary: `While locked, ${parsed.data.at}: ${parsed.data.summary}`,
          subjects: [],
        };
      });
    },
    forget: () => rm(notes, { force: true }),
  };
}

/** The refusal while the countdown runs. */
export function slowDown(until: Date): AppError {
  return new AppError('SLOW_DOWN', 'Several wrong attempts: wait until the countdown ends, then try again.', {
    retryAt: until.toISOString(),
  });
}
