/**
 * Refused attempts, which slow the next one down; kept beside the workspace, so that a restart does not free them. A
 * plain file: whoever can write in the folder can take it away, and has the wrapped key to try elsewhere anyway.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { AppError } from '../lib/app-error.ts';
import { exists, readFileLimited, writeFileAtomic } from '../lib/atomic-file.ts';

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
}

/** When the next attempt is looked at, or null. */
function retryAfter(stored: { refused: number; lastAt: string }, now: Date): Date | null {
  const at = Date.parse(stored.lastAt) + waitAfter(stored.refused);
  // A clock that was set back must not lock the operator out for longer than the longest wait.
  return at > now.getTime() && at - now.getTime() <= MOST_WAIT_MS ? new Date(at) : null;
}

/** The same until the application ends, for what has no workspace open that could keep them. */
export function attemptsInMemory(): Attempts {
  let refused = 0;
  let lastAt = '';
  return {
    retryAt: async (now) => (refused === 0 ? null : retryAfter({ refused, lastAt }, now)),
    async refused(now) {
      refused += 1;
      lastAt = now.toISOString();
    },
    async cleared() {
      refused = 0;
    },
  };
}

export function createAttempts(folder: string): Attempts {
  const path = join(folder, 'attempts.json');

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
      return stored === null ? null : retryAfter(stored, now);
    },
    async refused(now) {
      const stored = await read();
      const next = { refused: (stored?.refused ?? 0) + 1, lastAt: now.toISOString() };
      await writeFileAtomic(path, Buffer.from(JSON.stringify(next)), 0o600);
    },
    cleared: () => rm(path, { force: true }),
  };
}

/** The refusal while the countdown runs. */
export function slowDown(until: Date): AppError {
  return new AppError('SLOW_DOWN', 'Several wrong attempts: wait until the countdown ends, then try again.', {
    retryAt: until.toISOString(),
  });
}
