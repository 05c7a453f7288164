/** One stick, or the folder that stands in for one: its name in sentences, and what a failure of the file system means on it. */
import { AppError, errorText } from '../../lib/app-error.ts';
import { oneLine } from '../../lib/one-line.ts';

export interface Medium {
  /** Of the medium as it is plugged in now: another one at the same place is another id. */
  id: string;
  kind: 'volume' | 'folder';
  label: string;
  /** Absolute. */
  path: string;
}

/** "the stick KINGSTON", "the folder /home/a/exchange". */
export function mediumName({ kind, label, path }: Pick<Medium, 'kind' | 'label' | 'path'>): string {
  return kind === 'volume' ? `the stick ${oneLine(label, 60)}` : `the folder ${oneLine(path, 160)}`;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** The medium is no longer there, or no longer answers. */
const GONE = new Set(['ENODEV', 'ENXIO', 'EIO', 'ESTALE', 'ENOTCONN', 'EREMOTEIO', 'ENOMEDIUM', 'ESHUTDOWN']);
const FORBIDDEN = new Set(['EACCES', 'EPERM']);

/** A failure while `name` was written: one sentence, what to do, and that nothing half-written counts. Others pass through. */
export function writeFault(error: unknown, medium: Medium, name: string): unknown {
  const code = codeOf(error);
  const where = capital(mediumName(medium));
  const details = { subject: medium.path, library: errorText(error) };
  const options = { cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError(
      'DISK_FULL',
      `${where} is full: ${name} was not written, and nothing of it was left there. Delete something from it, or use another one.`,
      details,
      options,
    );
  if (code === 'EROFS')
    return new AppError(
      'PERMISSION_DENIED',
      `${where} is write-protected: ${name} was not written. Slide its lock, or use another one.`,
      details,
      options,
    );
  if (FORBIDDEN.has(code))
    return new AppError(
      'PERMISSION_DENIED',
      `${where} may not be written to by you: ${name} was not written. Mend its permissions, or use another one.`,
      details,
      options,
    );
  if (GONE.has(code) || code === 'ENOENT' || code === 'ENOTDIR') return pulledOut(medium, name, error);
  return error;
}

/** It was there when it was listed, and is not, or is another one, now. */
export function pulledOut(medium: Medium, name: string, cause?: unknown): AppError {
  return new AppError(
    'NOT_FOUND',
    medium.kind === 'volume'
      ? `${capital(mediumName(medium))} was pulled out or fails: ${name} was not written, and whatever of it lies there does not count. Plug it in again and write the file once more.`
      : `${capital(mediumName(medium))} is not there any more: ${name} was not written. Bring it back, or choose another one.`,
    { subject: medium.path, ...(cause === undefined ? {} : { library: errorText(cause) }) },
    cause === undefined ? {} : { cause },
  );
}

/** A failure while `name` was read. Others pass through. */
export function readFault(error: unknown, medium: Medium, name: string): unknown {
  const code = codeOf(error);
  const details = { subject: name, library: errorText(error) };
  const options = { cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new AppError(
      'NOT_FOUND',
      `${name} is no longer on ${mediumName(medium)}: it was removed, or the medium was pulled out. Nothing was changed.`,
      details,
      options,
    );
  if (GONE.has(code))
    return new AppError(
      'NOT_FOUND',
      `${name} cannot be read from ${mediumName(medium)}: the medium was pulled out or is damaged. Plug it in again; if it stays so, have the file written onto another one.`,
      details,
      options,
    );
  if (FORBIDDEN.has(code))
    return new AppError(
      'PERMISSION_DENIED',
      `${name} on ${mediumName(medium)} may not be read by you. Mend its permissions. Nothing was changed.`,
      details,
      options,
    );
  if (code === 'ELOOP' || code === 'EMLINK')
    return new AppError(
      'INVALID_INPUT',
      `${name} on ${mediumName(medium)} is a link to another place and is not followed. Nothing was changed.`,
      details,
      options,
    );
  return error;
}
