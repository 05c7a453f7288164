/** The master key of a backup, by its passphrase or its printed key. A wrong one slows the next down, as at the unlock. */
import { AppError } from '../lib/app-error.ts';
import type { Clock } from '../ports.ts';
import { type Attempts, attemptsInMemory, slowDown } from './attempts.ts';
import type { Header } from './header.ts';
import { openSlot } from './key-slots.ts';
import { readRecoveryKey } from './recovery-key.ts';
import type { Vault } from './vault-contract.ts';

function printedKey(text: string): string | null {
  try {
    return readRecoveryKey(text);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Opens the wrap with the passphrase, or with the printed key when it looks like one. */
async function openWith(header: Header, secret: string): Promise<Buffer> {
  try {
    return await openSlot(header, 'passphrase', secret);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'WRONG_PASSPHRASE') throw error;
    const key = printedKey(secret);
    if (key !== null) return openSlot(header, 'recovery', key);
    throw new AppError(
      'WRONG_PASSPHRASE',
      'That is neither the passphrase nor the recovery key this workspace had when the backup was made. Nothing was restored.',
    );
  }
}

/**
 * Attempts at a backup of the open workspace count as attempts at that; all others count together, until the application ends. The
 * answer throws AppError WRONG_PASSPHRASE, SLOW_DOWN; the caller wipes what it gets.
 */
export function backupOpener(deps: {
  clock: Clock;
  vault: Vault;
}): (header: Header, secret: string) => Promise<Buffer> {
  const { clock, vault } = deps;
  const elsewhere = attemptsInMemory();
  /** One after the other: many at once would all come before the first is counted. */
  let last: Promise<unknown> = Promise.resolve();

  async function counted(attempts: Attempts, header: Header, secret: string): Promise<Buffer> {
    const until = await attempts.retryAt(clock.now());
    if (until !== null) throw slowDown(until);
    try {
      const key = await openWith(header, secret);
      // A backup may have an old passphrase: it frees no attempt at the present one.
      if (attempts === elsewhere) await attempts.cleared();
      return key;
    } catch (error) {
      if (error instanceof AppError && error.code === 'WRONG_PASSPHRASE') await attempts.refused(clock.now());
      throw error;
    }
  }

  return (header, secret) => {
    const opened = vault.opened();
    const attempts = opened?.header.id === header.id ? opened.attempts : elsewhere;
    const attempt = last.then(() => counted(attempts, header, secret));
    last = attempt.catch(() => undefined);
    return attempt;
  };
}
