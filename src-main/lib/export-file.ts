/** Files the operator asked for: never over an existing one without consent, and then with the old one kept beside it. */
import { lstat, open, rename, rm } from 'node:fs/promises';
import { AppError, fileError, isFolder } from './app-error.ts';
import { requirePrivateFile } from './windows-acl.ts';
import { type FileContent, writeFileAtomic } from './atomic-file.ts';

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

/** Makes the file, empty, unless there is one. SECURITY: one step, so that none can come between looking and writing. */
async function claim(path: string, mode: number): Promise<boolean> {
  try {
    await (await open(path, 'wx', mode)).close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw fileError(error, path);
  }
}

async function moveAside(path: string, now: Date): Promise<string> {
  const backup = `${path}.bak-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  try {
    if ((await lstat(path)).isDirectory()) throw isFolder(path);
    await rename(path, backup);
    return backup;
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * Writes `content` to `path` with `mode` from the first byte. Throws AppError FILE_EXISTS unless `overwrite`, and what
 * writing throws; then the old file is back in its place.
 */
export async function exportFile(options: {
  path: string;
  content: FileContent;
  mode: number;
  overwrite: boolean;
  now: Date;
}): Promise<Exported> {
  const { path, content, mode } = options;
  let backup: string | null = null;
  if (!(await claim(path, mode))) {
    if (!options.overwrite) throw fileExists(path);
    backup = await moveAside(path, options.now);
  }
  // What came in the short while since is not ours to replace either; the old file stays beside it.
  if (backup !== null && !(await claim(path, mode))) throw fileExists(path);
  try {
    // The claimed file shows what the folder hands down, before there is a secret in it.
    if (mode === 0o600 && process.platform === 'win32') await requirePrivateFile(path);
    await writeFileAtomic(path, content, mode);
  } catch (error) {
    await rm(path, { force: true });
    if (backup !== null) await rename(backup, path);
    throw error;
  }
  return { path, backup, mode: `0${mode.toString(8)}` };
}
