/** That a workspace is a restored copy, kept in its database until a person settled which of the two is used. */
import type * as z from 'zod';
import { restoredCopy } from '#shared/contract/workspace.ts';
import { AppError } from '../lib/app-error.ts';
import { secondText } from '../lib/moment-text.ts';
import type { Store } from '../store/store-contract.ts';
import { workspaceEntry } from './workspace-entry.ts';

export type RestoredCopy = z.infer<typeof restoredCopy>;

const NAME = 'restoredCopy';

/** null: it is none, or that is settled. */
export async function restoredCopyOf(store: Store): Promise<RestoredCopy | null> {
  const stored = await store.run('settings.get', { name: NAME });
  return stored === null ? null : restoredCopy.nullable().parse(JSON.parse(stored));
}

/** Marks the copy; the record of the restore says the same. */
export async function markRestoredCopy(store: Store, copy: RestoredCopy): Promise<void> {
  await store.run('settings.keep', { name: NAME, value: JSON.stringify(copy) });
}

/** A person says that only this copy is used from now on. Throws AppError NOT_ALLOWED_NOW when nothing is to be settled. */
export async function settleRestoredCopy(store: Store, workspaceId: string): Promise<void> {
  const copy = await restoredCopyOf(store);
  if (copy === null)
    throw new AppError('NOT_ALLOWED_NOW', 'This is no restored copy, or that was settled before.');
  await store.run('settings.set', {
    name: NAME,
    value: 'null',
    audit: workspaceEntry(
      'workspace.settleCopy',
      `A person made sure that only this copy, restored from the backup of ${secondText(copy.madeAt)}, is used from now on`,
      workspaceId,
    ),
  });
}
