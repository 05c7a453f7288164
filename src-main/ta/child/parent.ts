/**
 * What a child needs of its parent: answers to the queries of RFC 6492, and the times it works with. In this workspace the
 * parent is the trust anchor's proxy, called and not connected to.
 */
import type { Payload } from '../../rpki/provisioning-message.ts';
import type { Timing } from '../signer/trust-anchor.ts';

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
