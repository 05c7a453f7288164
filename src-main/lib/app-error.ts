/**
 * The one exception that crosses floors: a closed code, one sentence for the operator, optional details.
 * Not for what is wrong with somebody's certificate: that is a finding.
 */
import type { ErrorCode, ErrorDetails } from '#shared/errors.ts';

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;

  /** `message` is shown as it is: one sentence, what to do next, no secrets. */
  constructor(code: ErrorCode, message: string, details?: ErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** The text of anything thrown, for logs and "details"; never for the operator's sentence. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const FILE_CODES: Record<string, { code: ErrorCode; text: (path: string) => string }> = {
  ENOSPC: {
    code: 'DISK_FULL',
    text: (path) => `The disk is full: ${path} was not written. Free some space and try again.`,
  },
  EDQUOT: {
    code: 'DISK_FULL',
    text: (path) => `The disk quota is used up: ${path} was not written. Free some space and try again.`,
  },
  EACCES: {
    code: 'PERMISSION_DENIED',
    text: (path) => `Cannot access ${path}: permission denied. Choose another place or mend its permissions.`,
  },
  EPERM: {
    code: 'PERMISSION_DENIED',
    text: (path) => `Cannot access ${path}: not permitted. Choose another place or mend its permissions.`,
  },
  EROFS: {
    code: 'PERMISSION_DENIED',
    text: (path) => `Cannot write ${path}: it lies on a read-only file system. Choose another place.`,
  },
  ENOENT: {
    code: 'NOT_FOUND',
    text: (path) => `${path} is not there. Check that the disk or stick is still connected.`,
  },
  ENOTDIR: { code: 'NOT_FOUND', text: (path) => `${path} does not lie in a folder. Choose another place.` },
  EISDIR: { code: 'INVALID_INPUT', text: (path) => `${path} is a folder. Choose a file.` },
  ENAMETOOLONG: {
    code: 'INVALID_INPUT',
    text: (path) => `The name is too long for this disk: ${path}. Choose a shorter one.`,
  },
  ELOOP: {
    code: 'INVALID_INPUT',
    text: (path) => `The links at ${path} lead back to themselves. Choose another place.`,
  },
  EEXIST: {
    code: 'FILE_EXISTS',
    text: (path) => `${path} exists already. Choose another name or agree to replace it.`,
  },
};

/** For whoever finds out before the system does. */
export function isFolder(path: string): AppError {
  return new AppError('INVALID_INPUT', `${path} is a folder. Choose a file.`, { subject: path });
}

/** Turns a failure of the file system into an AppError that names the path; other errors pass through unchanged. */
export function fileError(error: unknown, path: string): unknown {
  const known = error instanceof Error && 'code' in error ? FILE_CODES[String(error.code)] : undefined;
  if (known === undefined) return error;
  return new AppError(
    known.code,
    known.text(path),
    { subject: path, library: errorText(error) },
    { cause: error },
  );
}
