/**
 * What a child needs of its parent: answers to the queries of RFC 6492, and the times it works with. In this workspace the
 * parent is the trust anchor's proxy, called and not connected to.
 */
import type { ResourceSet } from '../documents.ts';
import type { Timing } from '../signer/trust-anchor.ts';

export interface ResourceClass {
  className: string;
  certUrls: string[];
  resources: ResourceSet;
  notAfter: Date;
  suggestedSiaHead: string | null;
  certificates: { urls: string[]; limit: Partial<ResourceSet>; der: Uint8Array }[];
  issuerDer: Uint8Array;
}

export type Payload =
  | { type: 'list' }
  | { type: 'list_response'; classes: ResourceClass[] }
  | { type: 'issue'; className: string; limit: Partial<ResourceSet>; csrDer: Uint8Array }
  | { type: 'issue_response'; resourceClass: ResourceClass }
  | { type: 'revoke' | 'revoke_response'; className: string; keyId: string }
  | { type: 'error_response'; status: number; description: string };

export type ParentTiming = Pick<
  Timing,
  'issuedCertificateValidityWeeks' | 'issuedCertificateReissueWeeksBefore'
>;

export interface Parent {
  /**
   * The answer to one query of the child it knows as `handle`. What its signer must decide is scheduled (1104), then under
   * way (1101), then answered exactly once. Throws AppError when there is no such parent or child.
   */
  ask(handle: string, query: Payload): Promise<Payload>;
  /** DER of its identity certificate; null while there is no proxy in this workspace. */
  identity(): Promise<Uint8Array | null>;
  timing(): Promise<ParentTiming>;
}

/** RFC 6492 3.6: it was heard and will be done; never an error (T-005). */
export const ALREADY_PROCESSING = 1101;
export const SCHEDULED = 1104;
export const NO_SUCH_KEY = 1302;
