/**
 * Whole files, written so that a crash leaves the old content or the new, never a mixture, with the mode
 * set at creation; and reading with the size checked first. Not for the database or the audit file, which grow.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { constants, type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, fileError } from './app-error.ts';

/** Makes what was named, renamed or removed in a folder last through a power failure. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder for fsync; NTFS journals the rename itself.
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** `syncFolder` for a thread that has nothing else to do: the worker of the store. */
export function syncFolderNow(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** What goes into a file: its octets, or somebody who writes them piece by piece. */
export type FileContent = Uint8Array | ((file: FileHandle) => Promise<void>);

async function writeAndSync(file: FileHandle, content: FileContent): Promise<void> {
  try {
    await (typeof content === 'function' ? content(file) : file.writeFile(content));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name of its own beside the file: one made of a long name would be too long. */
export function temporaryName(): string {
  return `.baleen-${randomBytes(8).toString('hex')}.tmp`;
}

/** Whether a file of this name is what stays behind of `temporaryName` when the application is killed. */
export function isCutOff(name: string): boolean {
  return /^\.baleen-[0-9a-f]{16}\.tmp$/.test(name);
}

/**
 * Writes `content` to `path`: temporary file in the same folder, fsync, rename, fsync of the folder.
 * `mode` holds from the first byte (0o600 for anything secret). Replaces an existing file. `before` sees the whole
 * temporary file and may refuse it by throwing; it is the last step before the rename.
 * Throws AppError DISK_FULL, PERMISSION_DENIED, NOT_FOUND; nothing is left behind then.
 */
export async function writeFileAtomic(
  path: string,
  content: FileContent,
  mode: number,
  before?: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), temporaryName());
  try {
    const file = await open(temporary, 'wx', mode);
    await writeAndSync(file, content);
    await before?.(temporary);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, path);
  }
}

/**
 * Reads a whole file after checking its size: over `limit` bytes nothing is read.
 * Throws AppError TOO_LARGE, NOT_FOUND, PERMISSION_DENIED.
 */
export async function readFileLimited(path: string, limit: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > limit) throw tooLarge(basename(path), size, limit);
      const bytes = Buffer.alloc(size);
      const { bytesRead } = await file.read(bytes, 0, size, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Whether anything lies at `path`. Throws for anything but "not there". */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return false;
    throw fileError(error, path);
  }
}

function mebibytes(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

/** The X-001 refusal: "krill.crt is too large (25.0 MiB, limit 1.0 MiB)". */
export function tooLarge(name: string, size: number, limit: number): AppError {
  return new AppError('TOO_LARGE', `${name} is too large (${mebibytes(size)}, limit ${mebibytes(limit)}).`, {
    subject: name,
  });
}
