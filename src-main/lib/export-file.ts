/** Files the operator asked for: never over an existing one without consent, and then with the old one kept beside it. */
import { lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, fileError, isFolder } from './app-error.ts';
import { requirePrivateFile } from './windows-acl.ts';
import { type FileContent, temporaryName, writeFileAtomic } from './atomic-file.ts';

export interface Exported {
  path: string;
  /** Where the file that lay there before is now, or null. */
  backup: string | null;
  /** "0600". */
  mode: string;
}

/** The question before something is replaced. */
export function fileExists(path: string): AppError {
  return new AppError('FILE_EXISTS', `${path} exists already. Choose another name or agree to replace it.`, {
    subject: path,
  });
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** Makes the file, empty, unless there is one. SECURITY: one step, so that none can come between looking and writing. */
async function claim(path: string, mode: number): Promise<boolean> {
  try {
    await (await open(path, 'wx', mode)).close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw fileError(error, path);
  }
}

/** Throws AppError FILE_EXISTS unless `overwrite`, INVALID_INPUT for a folder, NOT_FOUND when the folder of it is not there. */
async function requirePlace(path: string, overwrite: boolean): Promise<void> {
  try {
    if ((await lstat(path)).isDirectory()) throw isFolder(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw fileError(error, path);
    const folder = dirname(path);
    await lstat(folder).catch((second: unknown) => {
      throw fileError(second, folder);
    });
    return;
  }
  if (!overwrite) throw fileExists(path);
}

/** SECURITY: an empty file shows what the folder hands down, before there is a secret in one. */
async function requirePrivatePlace(path: string): Promise<void> {
  const probe = join(dirname(path), temporaryName());
  await writeFileAtomic(probe, new Uint8Array(), 0o600);
  try {
    await requirePrivateFile(probe);
  } finally {
    await rm(probe, { force: true });
  }
}

/** A name beside `path` that nothing has. It is taken at once: two may be replaced within one millisecond. */
async function backupName(path: string, now: Date): Promise<string> {
  const name = `${path}.bak-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  for (let count = 1; ; count += 1) {
    const free = count === 1 ? name : `${name}-${count}`;
    if (await claim(free, 0o600)) return free;
  }
}

async function moveAside(path: string, now: Date): Promise<string> {
  await requirePlace(path, true);
  const backup = await backupName(path, now);
  try {
    await rename(path, backup);
    return backup;
  } catch (error) {
    await rm(backup, { force: true });
    throw fileError(error, path);
  }
}

/**
 * Writes `content` to `path` with `mode` from the first byte. The file that lies there is touched only when the new one
 * is whole, and when `check` has seen it under its temporary name and found nothing wrong. Throws AppError FILE_EXISTS
 * unless `overwrite`, INVALID_INPUT for a folder, and what writing and `check` throw; then all is as it was.
 */
export async function exportFile(options: {
  path: string;
  content: FileContent;
  mode: number;
  overwrite: boolean;
  now: Date;
  check?(temporary: string): Promise<void>;
}): Promise<Exported> {
  const { path, content, mode } = options;
  await requirePlace(path, options.overwrite);
  let ours = false;
  let backup: string | null = null;
  try {
    if (mode === 0o600 && process.platform === 'win32') await requirePrivatePlace(path);
    await writeFileAtomic(path, content, mode, async (temporary) => {
      await options.check?.(temporary);
      // Only now that it is whole: a crash while it is written leaves no empty file under the name.
      ours = await claim(path, mode);
      if (ours) return;
      if (!options.overwrite) throw fileExists(path);
      backup = await moveAside(path, options.now);
      // What came in the short while since is not ours to replace either; the old file stays beside it.
      ours = await claim(path, mode);
      if (!ours) throw fileExists(path);
    });
  } catch (error) {
    if (ours) {
      await rm(path, { force: true });
      if (backup !== null) await rename(backup, path);
    }
    throw error;
  }
  // What it became: the umask may have taken something away. Windows has no modes, there the asked one is told.
  const became = process.platform === 'win32' ? mode : (await lstat(path)).mode & 0o777;
  return { path, backup, mode: became.toString(8).padStart(4, '0') };
}
