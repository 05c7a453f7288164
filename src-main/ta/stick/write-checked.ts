/**
 * Writes a file onto a stick so that it is there whole or not at all: beside its name first, flushed, read back, compared,
 * and only then named. What may be replaced is the caller's decision.
 */
import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, lstat, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../lib/app-error.ts';
import { syncFolder } from '../../lib/atomic-file.ts';
import { readBack, type ReadBack } from '../../lib/read-back.ts';
import { codeOf, type Medium, mediumName, pulledOut, writeFault } from './medium.ts';

/** What a write begins before the file has its name. */
const BEGUN = /^\.(.+)\.[0-9a-f]{12}\.part$/;

export interface Written {
  path: string;
  fromMedium: boolean;
}

/** Where tests let a medium fail. */
export interface WriteSteps {
  write(file: FileHandle, content: Uint8Array): Promise<void>;
  readBack(path: string): Promise<ReadBack>;
}

const STEPS: WriteSteps = {
  async write(file, content) {
    await file.writeFile(content);
    await file.sync();
  },
  readBack,
};

const damaged = (medium: Medium, name: string): AppError =>
  new AppError(
    'NOT_ALLOWED_NOW',
    `What was written to ${mediumName(medium)} does not read back the same: the medium is damaged. ${name} was taken away again. Use another one.`,
    { subject: medium.path },
  );

/** What lies under `name`, when it is a file; null: nothing. Throws AppError FILE_EXISTS for a folder or link of that name. */
export async function lyingThere(medium: Medium, name: string): Promise<{ size: number } | null> {
  try {
    const found = await lstat(join(medium.path, name));
    if (found.isFile()) return { size: found.size };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw writeFault(error, medium, name);
  }
  throw new AppError(
    'FILE_EXISTS',
    `There is a folder or a link called ${name} on ${mediumName(medium)}. Take it away first; it is not replaced.`,
    { subject: name },
  );
}

/** What interrupted writes of this name left. */
async function sweep(medium: Medium, name: string): Promise<void> {
  for (const found of await readdir(medium.path))
    if (BEGUN.exec(found)?.[1] === name) await rm(join(medium.path, found), { force: true });
}

/** Writes `content` as `name`, replacing what is there. Throws AppError with one sentence for what media do. */
export async function writeChecked(
  medium: Medium,
  name: string,
  content: Uint8Array,
  steps: WriteSteps = STEPS,
): Promise<Written> {
  const path = join(medium.path, name);
  const begun = join(medium.path, `.${name}.${randomBytes(6).toString('hex')}.part`);
  try {
    const { dev } = await stat(medium.path);
    await sweep(medium, name);
    const space = await statfs(medium.path);
    if (space.bavail * space.bsize < content.length)
      throw new AppError(
        'DISK_FULL',
        `${mediumName(medium).replace('the', 'The')} has too little room: ${name} has ${content.length} bytes, and ${space.bavail * space.bsize} are free. Delete something from it, or use another one.`,
        { subject: medium.path },
      );
    const file = await open(begun, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644);
    try {
      // Pulled out a moment ago, its place is a folder of this machine.
      if ((await file.stat()).dev !== dev) throw pulledOut(medium, name);
      await steps.write(file, content);
    } finally {
      await file.close();
    }
    const { bytes, fromMedium } = await steps.readBack(begun);
    if (!bytes.equals(content)) throw damaged(medium, name);
    await rename(begun, path);
    await syncFolder(medium.path);
    if ((await stat(path)).size !== content.length) {
      await rm(path, { force: true });
      throw damaged(medium, name);
    }
    return { path, fromMedium };
  } catch (error) {
    // The first failure is the one to tell; a medium that is gone cannot be swept either.
    await rm(begun, { force: true }).catch(() => undefined);
    throw writeFault(error, medium, name);
  }
}
