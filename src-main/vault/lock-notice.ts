/** What is said when steps of locking failed: it is locked all the same, in one notice, with what to do. */
import { AppError } from '../lib/app-error.ts';
import type { Notice } from '../store/store-contract.ts';

export interface FailedStep {
  error: unknown;
  /** Where the log has it. */
  ref: string;
}

/** What the last lock left to say; gone when the workspace is unlocked again. */
const BEGINS = 'It is locked, but ';

/** No notice when nothing failed. `folder`: of the workspace, whose disk it is. */
export function lockNotice(failed: readonly FailedStep[], folder: string): Notice[] {
  if (failed.length === 0) return [];
  const full = failed.some(({ error }) => error instanceof AppError && error.code === 'DISK_FULL');
  const refs = failed.map(({ ref }) => ref).join(' and ');
  const what = full
    ? `the disk that holds ${folder} is full: the last entries of the audit or its signed head were not written. Free some space there, then unlock and lock it again`
    : `${failed.length === 1 ? 'a step' : `${failed.length} steps`} of locking failed. Unlock and lock it again`;
  return [{ severity: 'careful', text: `${BEGINS}${what}; the log has it under ${refs}.` }];
}

/** Whether a notice is one of those. */
export function isLockNotice({ text }: Notice): boolean {
  return text.startsWith(BEGINS);
}
