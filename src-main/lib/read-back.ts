/**
 * Reads a file that was just written from its medium and not out of memory, where the system can do that: only so is a
 * medium found that loses what it was given. It compares nothing.
 */
import { constants, type FileHandle, open, readFile } from 'node:fs/promises';

export interface ReadBack {
  bytes: Buffer;
  /** Past the system's cache; false: the system kept what was written and answered with that. */
  fromMedium: boolean;
}

const PIECE = 1_048_576;
/** Direct reads want memory that lies at a multiple of the medium's block; where ours lies is not told. */
const WIDEST_BLOCK = 4096;
const STEP = 16;

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** The whole file piece by piece; null when no place in the memory suits the medium. */
async function readDirect(file: FileHandle): Promise<Buffer | null> {
  const memory = new Uint8Array(PIECE + WIDEST_BLOCK);
  const pieces: Buffer[] = [];
  let [at, place] = [0, 0];
  for (;;) {
    try {
      const { bytesRead } = await file.read(memory, place, PIECE, at);
      pieces.push(Buffer.from(memory.slice(place, place + bytesRead)));
      at += bytesRead;
      if (bytesRead < PIECE) return Buffer.concat(pieces);
    } catch (error) {
      if (!isCode(error, 'EINVAL')) throw error;
      place += STEP;
      if (at > 0 || place >= WIDEST_BLOCK) return null;
    }
  }
}

/** Throws what the file system throws. */
export async function readBack(path: string): Promise<ReadBack> {
  // Linux alone has the switch; elsewhere it is not even named.
  const direct: number | undefined = constants.O_DIRECT;
  if (direct !== undefined) {
    const file = await open(path, constants.O_RDONLY | direct).catch((error: unknown) => {
      // File systems that keep everything in memory have none.
      if (isCode(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP')) return null;
      throw error;
    });
    if (file !== null) {
      try {
        const bytes = await readDirect(file);
        if (bytes !== null) return { bytes, fromMedium: true };
      } finally {
        await file.close();
      }
    }
  }
  return { bytes: await readFile(path), fromMedium: false };
}
