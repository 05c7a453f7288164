/**
 * A backup as one file: what the workspace is, its encrypted database, and a MAC over both. It streams, so that size
 * does not matter; it opens nothing and knows no tables.
 *
 *   "BALEEN-BACKUP-1\n" | length of the head, 4 octets | head, JSON | length of the database, 8 octets | database
 *   (SQLCipher 4) | HMAC-SHA-256 over everything before, key: HKDF label "backup"
 */
import { timingSafeEqual } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import * as z from 'zod';
import { AppError, fileError } from '../lib/app-error.ts';
import type { Mac } from '../store/store-contract.ts';
import { type Header, parseHeader } from './header.ts';

const MAGIC = Buffer.from('BALEEN-BACKUP-1\n', 'latin1');
const MAC_BYTES = 32;
const MOST_HEAD = 1_048_576;
const CHUNK = 1_048_576;

const backupHead = z.object({ madeAt: z.iso.datetime(), workspace: z.unknown() });

export interface BackupHead {
  madeAt: string;
  workspace: Header;
}

export interface BackupContent extends BackupHead {
  database: { offset: number; length: number };
}

/** Told after each piece: 0..1. Throws to stop. */
export type Progress = (done: number) => void;

function damaged(path: string): AppError {
  return new AppError(
    'WORKSPACE_DAMAGED',
    `${path} was altered or is cut off; nothing was restored. Use another copy of the backup.`,
    { subject: path },
  );
}

async function readAt(file: FileHandle, offset: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  if (bytesRead !== length) throw damaged(path);
  return bytes;
}

/** Copies `length` octets piece by piece; `take` sees each. */
async function pump(
  from: FileHandle,
  range: { offset: number; length: number },
  take: (piece: Buffer) => Promise<void> | void,
  progress: Progress,
): Promise<void> {
  const piece = Buffer.alloc(CHUNK);
  for (let done = 0; done < range.length;) {
    const { bytesRead } = await from.read(
      piece,
      0,
      Math.min(CHUNK, range.length - done),
      range.offset + done,
    );
    if (bytesRead === 0) throw new Error('a file became shorter while it was read');
    await take(piece.subarray(0, bytesRead));
    done += bytesRead;
    progress(done / range.length);
  }
}

/** Writes a whole backup into `file`. `mac` is fresh and keyed. */
export async function writeBackup(
  file: FileHandle,
  options: { head: BackupHead; databasePath: string; mac: Mac; progress: Progress },
): Promise<void> {
  const head = Buffer.from(JSON.stringify(options.head));
  const database = await open(options.databasePath, 'r');
  try {
    const { size } = await database.stat();
    const put = async (bytes: Uint8Array): Promise<void> => {
      options.mac.update(bytes);
      await file.writeFile(bytes);
    };
    const lengths = Buffer.alloc(12);
    lengths.writeUInt32BE(head.length, 0);
    lengths.writeBigUInt64BE(BigInt(size), 4);
    await put(MAGIC);
    await put(lengths.subarray(0, 4));
    await put(head);
    await put(lengths.subarray(4));
    await pump(database, { offset: 0, length: size }, put, options.progress);
    await file.writeFile(options.mac.digest());
  } finally {
    await database.close();
  }
}

/**
 * What the file says it is, before any key is known: nothing of it is proven yet.
 * Throws AppError INVALID_INPUT for another kind of file, WORKSPACE_NEWER, WORKSPACE_DAMAGED, and what reading throws.
 */
export async function readBackupHead(path: string): Promise<BackupContent> {
  return withFile(path, async (file) => {
    const { size } = await file.stat();
    const start = Buffer.alloc(MAGIC.length + 4);
    await file.read(start, 0, start.length, 0);
    const magic = start.subarray(0, MAGIC.length);
    if (magic.subarray(0, 14).equals(MAGIC.subarray(0, 14)) && !magic.equals(MAGIC))
      throw new AppError(
        'WORKSPACE_NEWER',
        'This backup was made by a newer Baleen. Restore it with that version.',
        {
          subject: path,
        },
      );
    if (!magic.equals(MAGIC))
      throw new AppError(
        'INVALID_INPUT',
        `${path} is not a backup made by Baleen. Choose a .baleen-backup file.`,
        {
          subject: path,
        },
      );
    const headLength = start.readUInt32BE(MAGIC.length);
    if (headLength > MOST_HEAD) throw damaged(path);
    const head = (await readAt(file, start.length, headLength, path)).toString('utf8');
    const offset = start.length + headLength + 8;
    const length = Number((await readAt(file, offset - 8, 8, path)).readBigUInt64BE());
    if (offset + length + MAC_BYTES !== size) throw damaged(path);
    let value: unknown;
    try {
      value = JSON.parse(head);
    } catch {
      throw damaged(path);
    }
    const parsed = backupHead.safeParse(value);
    if (!parsed.success) throw damaged(path);
    return {
      madeAt: parsed.data.madeAt,
      workspace: parseHeader(Buffer.from(JSON.stringify(parsed.data.workspace)), path),
      database: { offset, length },
    };
  });
}

/** Checks the MAC over the whole file. Throws AppError WORKSPACE_DAMAGED. */
export async function checkBackup(
  path: string,
  { database }: BackupContent,
  mac: Mac,
  progress: Progress,
): Promise<void> {
  const length = database.offset + database.length;
  await withFile(path, async (file) => {
    await pump(file, { offset: 0, length }, (piece) => void mac.update(piece), progress);
    const written = await readAt(file, length, MAC_BYTES, path);
    if (!timingSafeEqual(mac.digest(), written)) throw damaged(path);
  });
}

/** Takes the database out into the new file `target`, mode 0600. */
export async function extractDatabase(
  path: string,
  { database }: BackupContent,
  target: string,
  progress: Progress,
): Promise<void> {
  await withFile(path, async (file) => {
    try {
      const out = await open(target, 'wx', 0o600);
      try {
        await pump(file, database, async (piece) => void (await out.writeFile(piece)), progress);
        await out.sync();
      } finally {
        await out.close();
      }
    } catch (error) {
      throw fileError(error, target);
    }
  });
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    const file = await open(path, 'r');
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path);
  }
}
