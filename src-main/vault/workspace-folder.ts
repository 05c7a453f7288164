/** Small things about the folder of a workspace that more than one state of the vault needs. It holds nothing. */
import { createHmac } from 'node:crypto';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, fileError } from '../lib/app-error.ts';
import { isCutOff } from '../lib/atomic-file.ts';
import { wipe } from '../lib/bytes.ts';
import type { Mac } from '../store/store-contract.ts';
import { subkey } from './key-slots.ts';
import { LOCK_FILE, lockWorkspace } from './workspace-lock.ts';

/** An empty folder that is ours alone until one of the two is called. */
export interface NewFolder {
  /** Gives the lock back; what was made stays. */
  release(): void;
  /** Takes away what Baleen makes in a workspace, and the folders it made if nothing else lies in them; what others put there stays. */
  giveUp(): Promise<void>;
}

/** What a backup or restore that was cut off left in a workspace. */
const LEFTOVERS = ['restoring', 'workspace.backup.db', 'workspace.trial.db'];

/** All that Baleen makes in the folder of a workspace but the lock, and what SQLite lays beside a database. */
const OWN = new Set([
  ...['workspace.json', 'audit.jsonl', 'audit-head.json', 'attempts.json', 'locked-audit.jsonl'],
  ...['locked-audit.taking.jsonl', ...LEFTOVERS],
  ...['workspace.db', 'workspace.migrating.db'].flatMap((name) =>
    ['', '-wal', '-shm', '-journal'].map((rest) => `${name}${rest}`),
  ),
]);

/** Takes away the empty folders from `folder` up to `made`. */
async function removeMade(folder: string, made: string): Promise<void> {
  try {
    await rmdir(folder);
    if (folder !== made) await removeMade(dirname(folder), made);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    // Somebody else uses it by now.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

function notEmpty(folder: string): AppError {
  return new AppError('FILE_EXISTS', `${folder} is not empty. Choose an empty folder or another name.`, {
    subject: folder,
  });
}

/** Whether something lies at `folder` already; what cannot be looked at is told when the folder is made. */
export async function isTaken(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOTDIR';
  }
}

/**
 * Makes the folder of a new workspace, 0700, and locks it at once: whoever else begins there is refused before anything
 * is written. Throws AppError FILE_EXISTS when something lies in it, WORKSPACE_IN_USE when somebody else begins there.
 */
export async function takeNewFolder(folder: string): Promise<NewFolder> {
  let made: string | undefined;
  try {
    made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await readdir(folder)).length > 0) throw notEmpty(folder);
  } catch (error) {
    throw fileError(error, folder);
  }
  const release = lockWorkspace(folder);
  // Between the look and the lock somebody else may have begun here and ended, with or without leaving something.
  if ((await readdir(folder)).join() !== LOCK_FILE) {
    release();
    throw notEmpty(folder);
  }
  return {
    release,
    async giveUp() {
      const lock = join(folder, LOCK_FILE);
      for (const left of await readdir(folder))
        if (OWN.has(left) || isCutOff(left)) await rm(join(folder, left), { recursive: true, force: true });
      // Before it is given back, or it could be somebody else's by then; Windows deletes no open file, nor theirs.
      if (process.platform === 'win32') release();
      await rm(lock, { force: true }).catch((error: unknown) => {
        if (process.platform !== 'win32') throw error;
      });
      release();
      if (made !== undefined) await removeMade(folder, made);
    },
  };
}

/** Takes away what a backup or restore that was cut off left. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of LEFTOVERS) await rm(join(folder, name), { recursive: true, force: true });
}

/** A fresh HMAC-SHA-256 for one backup file. */
export function backupMac(masterKey: Uint8Array): Mac {
  const key = subkey(masterKey, 'backup');
  const mac = createHmac('sha256', key);
  wipe(key);
  return mac;
}
