/**
 * Reads a file of a stick once and whole into memory, and finds out when somebody writes it meanwhile. Links, pipes and
 * devices are not opened. What is in it is for others.
 */
import { constants, type FileHandle, lstat, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../lib/app-error.ts';
import { tooLarge } from '../../lib/atomic-file.ts';
import { sha256Hex } from '../../lib/bytes.ts';

export interface SteadyFile {
  bytes: Buffer;
  sha256: string;
}

// SECURITY: a stick is a stranger's. A link would lead into this machine; a pipe would keep us waiting for ever.
// Windows has neither flag and makes neither by accident.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

async function readWhole(file: FileHandle, size: number): Promise<Buffer> {
  // One octet more: a file that grew does not fit.
  const bytes = Buffer.alloc(size + 1);
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

interface State {
  size: bigint;
  mtimeNs: bigint;
  ino: bigint;
}
const same = (a: State, b: State): boolean => a.size === b.size && a.mtimeNs === b.mtimeNs && a.ino === b.ino;

/**
 * `pause` runs between the two readings; tests change the file in it. Throws AppError CONFLICT when the file changed,
 * TOO_LARGE, INVALID_INPUT when it is none, and what the file system throws.
 */
export async function readSteady(
  path: string,
  limit: number,
  pause: () => Promise<void> = async () => undefined,
): Promise<SteadyFile> {
  const name = basename(path);
  const file = await open(path, FLAGS);
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw new AppError('INVALID_INPUT', `${name} is no file. Nothing was changed.`);
    if (before.size > BigInt(limit)) throw tooLarge(name, Number(before.size), limit);
    const size = Number(before.size);
    const bytes = await readWhole(file, size);
    await pause();
    const again = await readWhole(file, size);
    // By its name too: another file may have taken its place.
    const [opened, named] = [await file.stat({ bigint: true }), await lstat(path, { bigint: true })];
    if (bytes.length !== size || !bytes.equals(again) || !same(before, opened) || !same(before, named))
      throw new AppError(
        'CONFLICT',
        `${name} changed while it was read: it is still being written. Wait until it is there whole, then open it again. Nothing was changed.`,
        { subject: name },
      );
    return { bytes, sha256: sha256Hex(bytes) };
  } finally {
    await file.close();
  }
}
