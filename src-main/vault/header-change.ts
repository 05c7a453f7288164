/**
 * A change of the vault header, which lies beside the database and not in it: what is intended is on record before the
 * file is replaced, and what came of it afterwards. A crash in between leaves the intent, and the next unlock looks.
 */
import * as z from 'zod';
import { sha256Hex } from '../lib/bytes.ts';
import type { Session } from '../store/store-contract.ts';
import { type Header, readHeader, writeHeader } from './header.ts';
import { workspaceEntry } from './workspace-entry.ts';

export interface HeaderChange {
  /** The channel's words. */
  action: string;
  /** What is about to be done, for the intent: "The passphrase is about to be changed". */
  intent: string;
  /** The sentence when it was done. */
  done: string;
  /** The recovery key that belongs to the new header and was not typed back yet; "" for none. Left out: as it is. */
  recoveryKey?: string;
}

const pending = z.strictObject({
  action: z.string(),
  done: z.string(),
  recoveryKey: z.string().optional(),
  state: z.string(),
});

/** What a change of the header changes, in one word. */
function stateOf({ recoveryVerified, slots }: Header): string {
  return sha256Hex(
    Buffer.from(JSON.stringify([recoveryVerified, slots.map(({ type, wrapped }) => [type, wrapped])])),
  );
}

const IN_FORCE = 'headerInForce';

/**
 * What is to be said when `header`, by which it was just opened, is not the one that the last change left, and a record of it; null
 * when it is, or when nobody has noted yet which one that is (a new workspace, or one of a version that did not): then it is noted.
 */
export async function headerFault(session: Session, header: Header): Promise<string | null> {
  const { store, workspace } = session;
  const noted = await store.run('settings.get', { name: IN_FORCE });
  const state = stateOf(header);
  if (noted === state) return null;
  if (noted === null) {
    await store.run('settings.keep', { name: IN_FORCE, value: state });
    return null;
  }
  const found = 'workspace.json is not the one that was in force: a former one was put back';
  await store.run('audit.add', { audit: workspaceEntry('workspace.header', found, workspace.id, 'failed') });
  return `${found}, and a former passphrase or recovery key opens it again. Change the passphrase, make a new recovery key, and ask who could write in the folder.`;
}

/** Finishes a change that was begun: by the header as it lies there. Answers that header, or null when none was begun. */
export async function settleHeader(session: Session): Promise<Header | null> {
  const { store } = session;
  const stored = await store.run('settings.get', { name: 'headerChange' });
  if (stored === null || stored === '') return null;
  const { action, done, recoveryKey, state } = pending.parse(JSON.parse(stored));
  const header = await readHeader(session.workspace.path);
  const took = stateOf(header) === state;
  await store.run('settings.put', {
    values: {
      headerChange: '',
      ...(took ? { [IN_FORCE]: state } : {}),
      ...(took && recoveryKey !== undefined ? { recoveryKey } : {}),
    },
    audit: took
      ? workspaceEntry(action, done, session.workspace.id)
      : workspaceEntry(action, 'It was begun and not made: all is as it was', session.workspace.id, 'failed'),
  });
  return header;
}

/** Replaces the header with `next`. Throws what writing and recording throw; the header in force is the one on disk. */
export async function changeHeader(
  session: Session,
  next: Header,
  { intent, ...change }: HeaderChange,
): Promise<void> {
  await session.store.run('settings.put', {
    values: { headerChange: JSON.stringify({ ...change, state: stateOf(next) }) },
    audit: workspaceEntry(change.action, intent, session.workspace.id),
  });
  try {
    await writeHeader(session.workspace.path, next);
  } catch (error) {
    // It may lie there all the same: the fsync behind the rename can fail, too.
    await settleHeader(session);
    throw error;
  }
  await settleHeader(session);
}
