/**
 * The closed list of error codes that cross the bridge, and the reply envelope.
 * It is not a place for findings: what is wrong with somebody's certificate is a value, never an error.
 */

/** A code exists only when some caller acts on it; everything else is INTERNAL plus a log reference. */
export const ERROR_CODES = [
  'INTERNAL',
  'BAD_REQUEST',
  'FORBIDDEN',
  'UNKNOWN_CHANNEL',
  'NO_WORKSPACE',
  'LOCKED',
  'WRONG_PASSPHRASE',
  'SLOW_DOWN',
  'WORKSPACE_IN_USE',
  'WORKSPACE_DAMAGED',
  'WORKSPACE_NEWER',
  'NOT_A_WORKSPACE',
  'DISK_FULL',
  'PERMISSION_DENIED',
  'FILE_EXISTS',
  'TICKET_EXPIRED',
  'NOT_FOUND',
  'CONFLICT',
  'TOO_LARGE',
  'INVALID_INPUT',
  'PASSPHRASE_NEEDED',
  'POLICY_REFUSED',
  'CANCELLED',
  'OFFLINE',
  'UNREACHABLE',
  'PEER_UNTRUSTED',
  'PEER_REFUSED',
  'NOT_ALLOWED_NOW',
  'SIGNER_UNAVAILABLE',
  'SIGNER_HOST_CRASHED',
  'MAIN_GONE',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One field that was refused: the path inside the payload ("data.names.2") and one sentence for the operator. */
export interface FieldError {
  path: string;
  message: string;
}

/** What may travel with an error besides its sentence. Never a secret. */
export interface ErrorDetails {
  fields?: FieldError[];
  /** UTC instant from which the same call may be tried again (SLOW_DOWN). */
  retryAt?: string;
  /** Ids of the objects that stand in the way. */
  ids?: string[];
  /** Raw library text, shown only under "details". */
  library?: string;
  /** SHA-256 in upper-case hex of the certificate that a server showed (PEER_UNTRUSTED). */
  fingerprint?: string;
  /** The path or name the error is about. */
  subject?: string;
  /**
   * The file it is about, as it was read or was to be written: the record of the refusal holds its hash, and what it
   * is where that is known.
   */
  file?: { name: string; sha256: string | null; kind?: string };
}

/** `message` is one sentence for the operator; `ref` finds the same failure in the log. */
export interface ReplyError {
  code: ErrorCode;
  message: string;
  ref: string;
  details?: ErrorDetails;
}

export type Reply<T> = { ok: true; value: T } | { ok: false; error: ReplyError };
