/** krillta's data directory on the disk: read whole with a bound, and written so that nobody else can read it. */
import { lstat, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../lib/app-error.ts';

/** Its times, where the folder has it. */
export const CONF = 'krillta.conf';
const CONF_BYTES = 1_048_576;
const MOST_BYTES = 512 * 1_048_576;
const WANTED = /^(?:signer\/ta|keys|signers\/[^/]+)\/[^/]+$/;

/** Names in a folder of the directory; null when it is not there. */
async function namesIn(folder: string, part: string): Promise<string[] | null> {
  try {
    return await readdir(join(folder, part));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    return null;
  }
}

/** krillta.conf, which Baleen writes beside the folders; krillta has its own elsewhere. null: none that is one. */
async function confIn(folder: string): Promise<Uint8Array | null> {
  const at = join(folder, CONF);
  try {
    const facts = await lstat(at);
    return facts.isFile() && facts.size <= CONF_BYTES ? await readFile(at) : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

/** The files that matter, by their path with "/". Throws AppError INVALID_INPUT when the folder is something else. */
export async function readKrillFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  let total = 0;
  const signers = (await namesIn(folder, 'signers')) ?? [];
  for (const part of ['signer/ta', 'keys', ...signers.map((name) => `signers/${name}`)]) {
    const names = await namesIn(folder, part);
    if (names === null && !part.startsWith('signers/'))
      throw new AppError(
        'INVALID_INPUT',
        `${folder} is no data directory of krillta: it has no folder ${part}. Choose what storage_uri names.`,
        { subject: folder },
      );
    for (const name of names ?? []) {
      const path = `${part}/${name}`;
      const at = join(folder, part, name);
      const facts = await stat(at);
      if (!facts.isFile() || !WANTED.test(path)) continue;
      total += facts.size;
      if (total > MOST_BYTES)
        throw new AppError('TOO_LARGE', `${folder} holds more than 512 MiB; nothing was read.`, {
          subject: folder,
        });
      files.set(path, await readFile(at));
    }
  }
  const conf = await confIn(folder);
  if (conf !== null) files.set(CONF, conf);
  return files;
}

/** Writes into `folder`, which must be empty or new. Folders 0700, files 0600. Throws AppError FILE_EXISTS. */
export async function writeKrillFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    throw new AppError('FILE_EXISTS', `${folder} is not empty. Choose an empty folder.`, { subject: folder });
  for (const [path, content] of files) {
    const at = join(folder, path);
    await mkdir(dirname(at), { recursive: true, mode: 0o700 });
    await writeFile(at, content, { mode: 0o600, flag: 'wx', flush: true });
  }
}
