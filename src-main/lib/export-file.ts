/** Files the operator asked for: never over an existing one without consent, and then with the old one kept beside it. */
import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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

/** An empty file shows what the folder hands down, before there is a secret in one. */
async function requirePrivatePlace(path: string): Promise<void> {
  const probe = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.probe`);
  await writeFileAtomic(probe, new Uint8Array(), 0o600);
  try {
    await requirePrivateFile(probe);
  } finally {
    await rm(probe, { force: true });
  }
}

/**
 * Writes `content` to `path` with `mode` from the first byte. The file that lies there is touched only when the new one
 * is whole, and when `check` has seen it under its temporary name and found nothing wrong. Throws AppError FILE_EXISTS
 * unless `overwrite`, and what writing and `check` throw; then all is as it was.
 */
export async function exportFile(options: {
  path: string;
  content: FileContent;
  mode: number;
  overwrite: boolean;
  now: Date;
  check?(temporary: string): Promise<void>;
}): Promise<Exported> {
  const { path, content, mode } = options;
  if (!options.overwrite && (await exists(path))) throw fileExists(path);
  if (mode === 0o600 && process.platform === 'win32') await requirePrivatePlace(path);
  let backup: string | null = null;
  try {
    await writeFileAtomic(path, content, mode, async (temporary) => {
      await options.check?.(temporary);
      if (!(await exists(path))) return;
      // Somebody's file that came meanwhile is not replaced either.
      if (!options.overwrite) throw fileExists(path);
      const aside = `${path}.bak-${options.now.toISOString().replaceAll(/[:.]/g, '-')}`;
      await rename(path, aside);
      backup = aside;
    });
  } catch (error) {
    if (backup !== null) await rename(backup, path);
    throw error;
  }
  return { path, backup, mode: `0${mode.toString(8)}` };
}
