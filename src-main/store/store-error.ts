/** What SQLite's refusals mean to the operator, and how an error travels from the worker to main. */
import type { ErrorCode, ErrorDetails } from '#shared/errors.ts';
import { AppError, errorText, fileError } from '../lib/app-error.ts';

export const DAMAGED =
  'Keep the folder as it is, do not write to it, and restore a backup into a new folder.';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Turns an error of SQLite or of the file system into an AppError; others pass through unchanged. */
export function storeError(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const told = (appCode: ErrorCode, message: string): AppError =>
    new AppError(appCode, message, { subject: path, library: errorText(error) }, { cause: error });
  if (code === 'SQLITE_FULL')
    return told(
      'DISK_FULL',
      `The disk is full: nothing was changed in ${path}. Free some space and try again.`,
    );
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT'))
    return told('WORKSPACE_DAMAGED', `${path} is damaged or belongs to another workspace. ${DAMAGED}`);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return told('WORKSPACE_IN_USE', `${path} is in use by another program. Close it there first.`);
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM')
    return told(
      'PERMISSION_DENIED',
      `Cannot write ${path}: it is read-only or not permitted. Mend its permissions or choose another place.`,
    );
  if (code.startsWith('SQLITE_IOERR'))
    return told(
      'WORKSPACE_DAMAGED',
      `${path} could not be read or written: check the disk and its connection, then open the workspace again.`,
    );
  return fileError(error, path);
}

/** An error as it crosses between the threads. */
export interface SentError {
  code: ErrorCode | null;
  message: string;
  details: ErrorDetails | undefined;
  stack: string | undefined;
}

export function sendError(error: unknown): SentError {
  const app = error instanceof AppError ? error : null;
  const cause: unknown = app?.cause ?? error;
  return {
    code: app?.code ?? null,
    message: errorText(error),
    details: app?.details,
    stack: cause instanceof Error ? cause.stack : undefined,
  };
}

export function receiveError(sent: SentError): Error {
  if (sent.code !== null) return new AppError(sent.code, sent.message, sent.details);
  const error = new Error(`store worker: ${sent.message}`);
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}
