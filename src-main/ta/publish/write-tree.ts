/** A folder of files written at once, down to the disk, and read back. What they mean and when they count is decided elsewhere. */
import { chmod, mkdir, open, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, fileError } from '../../lib/app-error.ts';
import { syncFolder } from '../../lib/atomic-file.ts';
import { equalBytes } from '../../lib/bytes.ts';

/** How many files wait for the disk at a time. */
const AT_ONCE = 16;
/** Everybody may read what is published, whatever the umask of the operator. */
export const PUBLIC_FILE = 0o644;
const PUBLIC_FOLDER = 0o755;

/** Runs `task` on all items, some at a time. After a failure no new one begins, and it is thrown when none is running. */
async function each<T>(items: Iterable<T>, task: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items].toReversed();
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await task(next);
  };
  const failed = (reason: unknown): never => {
    queue.length = 0;
    throw reason;
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => worker().catch(failed)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Makes a folder that others can read, and those above it. */
export async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true });
  if (made !== undefined) await chmod(path, PUBLIC_FOLDER);
}

async function writeNew(path: string, content: Uint8Array): Promise<void> {
  try {
    const file = await open(path, 'wx', PUBLIC_FILE);
    try {
      await file.chmod(PUBLIC_FILE);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path);
  }
}

function damaged(path: string): AppError {
  return new AppError(
    'INTERNAL',
    `What was written to ${path} does not read back the same: the medium may be damaged. Nothing was published; use another one.`,
    { subject: path },
  );
}

/** Compares a folder with what should lie in it, all of it and nothing else. Throws AppError INTERNAL with the path. */
export async function compareTree(root: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  const wanted = new Map([...files].map(([path, content]) => [join(root, path), content]));
  const other = found.find((path) => !wanted.has(path));
  if (other !== undefined) throw damaged(other);
  await each(wanted, async ([path, content]) => {
    const bytes = await readFile(path).catch((error: unknown) => {
      throw fileError(error, path);
    });
    if (!equalBytes(bytes, content)) throw damaged(path);
  });
}

/**
 * Writes `files`, by their path with "/", into the new folder `root` and compares. When it returns, all of it is on the
 * disk. `written` is told after each file. Throws AppError DISK_FULL and the like.
 */
export async function writeTree(
  root: string,
  files: ReadonlyMap<string, Uint8Array>,
  written: (path: string) => Promise<void> = async () => {},
): Promise<void> {
  const folders = new Set([root, ...[...files.keys()].map((path) => dirname(join(root, path)))]);
  try {
    for (const folder of folders) await makeFolder(folder);
    await each(files, async ([path, content]) => {
      await writeNew(join(root, path), content);
      await written(path);
    });
    const made = await readdir(root, { recursive: true, withFileTypes: true });
    const inside = made
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const folder of [...inside, root]) {
      await chmod(folder, PUBLIC_FOLDER);
      await syncFolder(folder);
    }
    await syncFolder(dirname(root));
  } catch (error) {
    throw fileError(error, root);
  }
  await compareTree(root, files);
}
