/**
 * What a child and its parent say to each other (RFC 6492), as values, and why a request was not performed in words. How
 * it is written is elsewhere.
 */
import type { ResourceSet } from './resource-set.ts';
import { RpkiError } from './rpki-error.ts';

export interface ResourceClass {
  className: string;
  /** Where the issuer's certificate lies; one is of rsync. */
  certUrls: string[];
  /** What the child is entitled to. */
  resources: ResourceSet;
  /** In whole seconds. */
  notAfter: Date;
  suggestedSiaHead: string | null;
  certificates: { urls: string[]; limit: Partial<ResourceSet>; der: Uint8Array }[];
  issuerDer: Uint8Array;
}

export type Payload =
  | { type: 'list' }
  | { type: 'list_response'; classes: ResourceClass[] }
  /** Members that are missing in `limit` ask for everything. */
  | { type: 'issue'; className: string; limit: Partial<ResourceSet>; csrDer: Uint8Array }
  | { type: 'issue_response'; resourceClass: ResourceClass }
  /** `keyId` in upper-case hex. */
  | { type: 'revoke' | 'revoke_response'; className: string; keyId: string }
  | { type: 'error_response'; status: number; description: string };

export interface ProvisioningMessage {
  /** Handles, as the two call each other. */
  sender: string;
  recipient: string;
  payload: Payload;
}

/** RFC 6492 3.6. */
export const NOT_PERFORMED = {
  alreadyProcessing: 1101,
  wrongVersion: 1102,
  unknownType: 1103,
  scheduled: 1104,
  noSuchClass: 1201,
  noResources: 1202,
  badRequest: 1203,
  usedKey: 1204,
  noSuchClassToRevoke: 1301,
  noSuchKey: 1302,
  internalError: 2001,
} as const;

const WORDS: Readonly<Record<number, string>> = {
  1101: 'already processing request',
  1102: 'version number error',
  1103: 'unrecognized request type',
  1104: 'request scheduled for processing',
  1201: 'request - no such resource class',
  1202: 'request - no resources allotted in resource class',
  1203: 'request - badly formed certificate request',
  1204: 'request - already used key in request',
  1301: 'revoke - no such resource class',
  1302: 'revoke - no such key',
  2001: 'internal server error - request not performed',
};

/** The words of RFC 6492 3.6 for a status; of an unknown one its number. */
export function notPerformedWords(status: number): string {
  return WORDS[status] ?? `status ${status}`;
}

/** A message that a server answers with a status of its own (1102, 1103) instead of refusing it as no message at all. */
export class ProvisioningError extends RpkiError {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
