/**
 * Whether a folder is one that was published into before, for the same base, and holds nothing else. Nothing of others is
 * ever overwritten or removed.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, fileError } from '../../lib/app-error.ts';
import { exists, isCutOff, readFileLimited, writeFileAtomic } from '../../lib/atomic-file.ts';
import { JsonError, type JsonValue, readJson } from '../../lib/json-reader.ts';
import { asObject, asText } from '../../lib/json-shape.ts';
import { CURRENT, NEXT_LINK, PublishedVersions, VERSION, VERSIONS } from './published-versions.ts';
import { othersInRrdp, RRDP } from './static-rrdp.ts';
import { makeFolder, PUBLIC_FILE } from './write-tree.ts';

const MARKER = 'baleen-publication.json';

function foreign(folder: string, names: readonly string[]): AppError {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return new AppError(
    'FILE_EXISTS',
    `${folder} holds what was not published from here: ${names.slice(0, 3).join(', ')}${more}. Choose an empty folder, or move these away.`,
    { subject: folder },
  );
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path)).isDirectory();
}

async function isOurs(folder: string, name: string): Promise<boolean> {
  if (name === MARKER || name === NEXT_LINK) return true;
  if (name === CURRENT)
    return (await isFolder(join(folder, name))) || (await lstat(join(folder, name))).isSymbolicLink();
  return (name === VERSIONS || name === RRDP) && isFolder(join(folder, name));
}

/** Names below `folder` that are not ours, with "/". */
async function others(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder)) if (!(await isOurs(folder, name))) found.push(name);
  if (found.length > 0) return found;
  if (await exists(join(folder, VERSIONS)))
    found.push(
      ...(await readdir(join(folder, VERSIONS)))
        .filter((name) => !VERSION.test(name))
        .map((name) => `${VERSIONS}/${name}`),
      ...(await new PublishedVersions(folder, true).others()),
    );
  if (await exists(join(folder, RRDP)))
    found.push(...(await othersInRrdp(join(folder, RRDP))).map((name) => `${RRDP}/${name}`));
  return found;
}

/** Removes what an atomic write left behind when it was cut off. */
async function removeTemporary(folder: string): Promise<void> {
  for (const place of [folder, join(folder, VERSIONS), join(folder, RRDP)])
    if (await exists(place))
      for (const name of await readdir(place)) if (isCutOff(name)) await rm(join(place, name));
}

async function markedBase(folder: string): Promise<string> {
  const path = join(folder, MARKER);
  const bytes = await readFileLimited(path, 65_536);
  try {
    const value: JsonValue = readJson(bytes);
    return asText(asObject(value, '', { required: ['format', 'base'], open: true }).get('base'), 'base');
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new AppError(
      'FILE_EXISTS',
      `${path} is damaged, so what lies beside it is not touched. Choose an empty folder.`,
      {
        subject: path,
      },
    );
  }
}

/**
 * Whether it can be published into for `base`: nothing is written or removed. Answers whether it is marked already. Throws
 * AppError FILE_EXISTS that names what is in the way.
 */
async function requireOurs(folder: string, base: string): Promise<boolean> {
  if (!(await exists(join(folder, MARKER)))) {
    // A marker that was cut off is all that may be there; it goes with the next publication.
    const names = (await readdir(folder)).filter((name) => !isCutOff(name));
    if (names.length > 0) throw foreign(folder, names);
    return false;
  }
  const marked = await markedBase(folder);
  if (marked !== base)
    throw new AppError(
      'FILE_EXISTS',
      `${folder} holds what is published below ${marked}, not below ${base}. Choose another folder.`,
      { subject: folder },
    );
  const names = (await others(folder)).filter((name) => !isCutOff(name.split('/').at(-1) ?? ''));
  if (names.length > 0) throw foreign(folder, names);
  return true;
}

/** The same before anything is decided; a folder that is not there is made later. Throws AppError FILE_EXISTS and the like. */
export async function requireFolderFree(folder: string, base: string): Promise<void> {
  try {
    if (await exists(folder)) await requireOurs(folder, base);
  } catch (error) {
    throw fileError(error, folder);
  }
}

function vanished(folder: string, what: string): AppError {
  return new AppError(
    'NOT_FOUND',
    `${folder}, which was published into, ${what}: mount it or put it back and publish again, or take another one with “Change the folder…”. Nothing was written.`,
    { subject: folder },
  );
}

/**
 * Makes sure that `folder` was published into for `base`, or (unless `again`: it was before) is empty or new, and marks it.
 * Throws AppError FILE_EXISTS that names what is in the way, NOT_FOUND when it vanished.
 */
export async function claimFolder(folder: string, base: string, again: boolean): Promise<void> {
  // Most likely it is not mounted: nothing is made in its place, where no server would find it.
  if (again && !(await exists(folder))) throw vanished(folder, 'is not there any more');
  await makeFolder(folder);
  if (!(await requireOurs(folder, base))) {
    if (again) throw vanished(folder, 'is empty now');
    const marker = { format: 1, base };
    await writeFileAtomic(
      join(folder, MARKER),
      Buffer.from(`${JSON.stringify(marker, null, 2)}\n`),
      PUBLIC_FILE,
    );
  }
  await makeFolder(join(folder, VERSIONS));
  await removeTemporary(folder);
}
