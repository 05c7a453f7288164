/** A new workspace in an empty folder, unlocked: everything about it is made here, or nothing stays. It opens no window. */
import type { WorkspaceKind } from '#shared/contract/workspace.ts';
import { newId } from '../lib/ids.ts';
import { wipe } from '../lib/bytes.ts';
import type { Ports } from '../ports.ts';
import { createAttempts } from './attempts.ts';
import type { AutoLockSettings } from './auto-lock.ts';
import { type Header, HEADER_VERSION, type Kdf, type Slot, writeHeader } from './header.ts';
import { calibrateKdf, makeSlot } from './key-slots.ts';
import { createLockedNotes } from './locked-notes.ts';
import { newRecoveryKey } from './recovery-key.ts';
import type { SessionLife } from './session-life.ts';
import type { Opened } from './vault-contract.ts';
import { workspaceEntry } from './workspace-entry.ts';
import { takeNewFolder } from './workspace-folder.ts';

const MASTER_KEY_BYTES = 32;

export interface NewWorkspace {
  folder: string;
  name: string;
  kind: WorkspaceKind;
  passphrase: string;
}

/** Throws AppError FILE_EXISTS, WORKSPACE_IN_USE, DISK_FULL, PERMISSION_DENIED; the folder is as it was then. */
export async function createWorkspace(
  deps: { ports: Ports; begin: SessionLife['begin']; kdf: Kdf | undefined },
  { folder, name, kind, passphrase }: NewWorkspace,
): Promise<{ opened: Opened; autoLock: AutoLockSettings }> {
  const { clock, random } = deps.ports;
  const place = await takeNewFolder(folder);
  let opened: Opened | null = null;
  let masterKey: Buffer | null = null;
  try {
    masterKey = Buffer.from(random.bytes(MASTER_KEY_BYTES));
    const kdf = deps.kdf ?? (await calibrateKdf(random));
    const recoveryKey = newRecoveryKey(random);
    const base: Header = {
      format: 'baleen-workspace',
      version: HEADER_VERSION,
      id: newId('ws', random),
      name,
      kind,
      createdAt: clock.now().toISOString(),
      recoveryVerified: false,
      slots: [],
    };
    const slot = async (type: Slot['type'], secret: string, key: Buffer) =>
      makeSlot(base, type, secret, key, kdf, random);
    const slots = [
      await slot('passphrase', passphrase, masterKey),
      await slot('recovery', recoveryKey, masterKey),
    ];
    const header: Header = { ...base, slots };
    opened = {
      folder,
      header,
      attempts: createAttempts(folder),
      notes: createLockedNotes(folder),
      release: place.release,
      unlocked: null,
      locking: false,
      notices: [],
    };
    const made = workspaceEntry('workspace.create', `Workspace "${name}" (${kind}) was made`, header.id);
    const { session, autoLock } = await deps.begin(opened, masterKey, true, made);
    await session.store.run('settings.set', {
      name: 'recoveryKey',
      value: recoveryKey,
      audit: workspaceEntry('workspace.recoveryKey', 'A recovery key was made', header.id),
    });
    // The header last: without it the folder is no workspace, so a crash before leaves nothing half-made.
    await writeHeader(folder, header);
    return { opened, autoLock };
  } catch (error) {
    await opened?.unlocked?.end();
    await place.giveUp();
    throw error;
  } finally {
    wipe(masterKey);
  }
}
