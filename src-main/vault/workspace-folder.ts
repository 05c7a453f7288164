/** Small things about the folder of a workspace that more than one state of the vault needs. It holds nothing. */
import { createHmac } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, fileError } from '../lib/app-error.ts';
import { wipe } from '../lib/bytes.ts';
import type { Mac } from '../store/store-contract.ts';
import { subkey } from './key-slots.ts';

/** Makes the folder of a new workspace, 0700. Throws AppError FILE_EXISTS when something lies in it. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const found = await readdir(folder);
    if (found.length === 0) return;
  } catch (error) {
    throw fileError(error, folder);
  }
  throw new AppError('FILE_EXISTS', `${folder} is not empty. Choose an empty folder or another name.`, {
    subject: folder,
  });
}

/** What a backup or restore that was cut off left in a workspace. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of ['restoring', 'workspace.backup.db', 'workspace.trial.db'])
    await rm(join(folder, name), { recursive: true, force: true });
}

/** A fresh HMAC-SHA-256 for one backup file. */
export function backupMac(masterKey: Uint8Array): Mac {
  const key = subkey(masterKey, 'backup');
  const mac = createHmac('sha256', key);
  wipe(key);
  return mac;
}
