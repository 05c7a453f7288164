/** Files the operator asked for: never over an existing one without consent, and then with the old one kept beside it. */
import { rename, rm } from 'node:fs/promises';
import { AppError } from './app-error.ts';
import { requirePrivateFile } from './windows-acl.ts';
import { exists, type FileContent, writeFileAtomic } from './atomic-file.ts';

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
  if (await exists(path)) {
    if (!options.overwrite) throw fileExists(path);
    backup = `${path}.bak-${options.now.toISOString().replaceAll(/[:.]/g, '-')}`;
    await rename(path, backup);
  }
  try {
    if (mode === 0o600 && process.platform === 'win32') {
      // An empty file shows what the folder hands down, before there is a secret in it.
      await writeFileAtomic(path, new Uint8Array(), mode);
      await requirePrivateFile(path).catch(async (error: unknown) => {
        await rm(path, { force: true });
        throw error;
      });
    }
    await writeFileAtomic(path, content, mode);
  } catch (error) {
    if (backup !== null) await rename(backup, path);
    throw error;
  }
  return { path, backup, mode: `0${mode.toString(8)}` };
}
