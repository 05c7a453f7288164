/**
 * What a trust anchor's proxy knows (krill-ta.md 7.1): its identity, where it publishes, its signer, its children and the
 * open request. Values only; what may become of them is in the files beside it, how they are written in proxy-text.ts.
 */
import type { ResourceSet } from '../../rpki/resource-set.ts';
import type { ChildRequest } from '../documents.ts';
import type { CertInfo, TaObjects } from '../objects.ts';
import type { OutThere } from '../publish/out-there.ts';
import type { RepositoryContact } from '../repository-contact.ts';
import { DEFAULT_TIMING, type Identity, type Timing } from '../signer/trust-anchor.ts';

/** How objects get to relying parties: a folder that this machine serves by other means, or RFC 8181. */
export type PublishTarget =
  | { kind: 'folder'; path: string }
  /** `pin`: SHA-256 of the server's TLS certificate, upper-case hex; null: public CAs decide. */
  | { kind: 'server'; pin: string | null };

export interface ProxyRepository {
  contact: RepositoryContact;
  /** DER of the publication server's identity. */
  serverIdentityDer: Uint8Array;
  publisherHandle: string;
  target: PublishTarget;
}

export interface AssociatedSigner {
  identity: Identity;
  certificate: CertInfo;
  tal: { https: string[]; rsync: string };
  objects: TaObjects;
}

/** What the signer answered to one wish, kept until the child has fetched it. */
export type ChildResponse =
  | { type: 'issuance'; certificateDer: Uint8Array; uri: string; limit: Partial<ResourceSet> }
  | { type: 'revocation' }
  | { type: 'error' };

export interface ProxyChild {
  handle: string;
  /** Of its messages; for a CA in this workspace as well. */
  identity: Identity;
  resources: ResourceSet;
  /** It is being removed: its keys are revoked with the next exchange, then it is gone. */
  leaving: boolean;
  usedKeys: Map<string, 'in-use' | 'revoked'>;
  openRequests: Map<string, ChildRequest>;
  openResponses: Map<string, ChildResponse>;
  /** Instant of its last query, or null. */
  lastContactAt: string | null;
  /** Signing time of its last message: none may be earlier (RFC 6492 3). null for a CA in this workspace. */
  lastSignedAt: string | null;
  /** SHA-256 of its messages of that second: none is answered twice. */
  lastDigests: string[];
}

export interface OpenRequest {
  nonce: string;
  madeAt: string;
  /** Until when its message is good. */
  goodUntil: string;
  /** request.json, the exact bytes that are handed out every time. */
  file: Uint8Array;
}

export interface Withdrawn {
  nonce: string;
  at: string;
  /** Until when somebody may sign it all the same. */
  goodUntil: string;
  /** By child, the keys it asked a certificate for, until it is known what became of them. */
  asked: ReadonlyMap<string, readonly string[]>;
}

export interface ProxyState {
  identity: Identity;
  timing: Timing;
  repository: ProxyRepository | null;
  signer: AssociatedSigner | null;
  /** By handle; handles are data, "__proto__" is one. */
  children: Map<string, ProxyChild>;
  open: OpenRequest | null;
  /** Requests that were withdrawn: a late response is refused with the date. Oldest first. */
  cancelled: Withdrawn[];
  /** Keys with a certificate and without a child (unowned.ts) that are to be revoked with the next request. */
  revoking: string[];
  /** Number of the newest objects that a signer-info.json showed when it was taken over; null: none was. */
  shown: bigint | null;
  /** Number of a response to a withdrawn request that was opened here (unseen.ts); missing: none was. */
  unseen?: bigint;
  /** The last publication of the trust anchor's own objects. */
  published: { at: string; number: string } | null;
  /** What is out of it and of the CAs of this workspace: what was made since, or was refused, is not among it. */
  out: OutThere;
}

/** As a proxy begins: an identity, and nothing done yet. */
export const freshProxy = (identity: Identity): ProxyState => ({
  identity,
  timing: DEFAULT_TIMING,
  repository: null,
  signer: null,
  children: new Map(),
  open: null,
  cancelled: [],
  revoking: [],
  shown: null,
  published: null,
  out: new Map(),
});

/**
 * Its keys that have a certificate at the signer. One whose certificate has ended and was taken away has nothing to be revoked: krillta
 * would refuse a whole request for such a wish.
 */
export function certifiedKeys(
  { usedKeys }: Pick<ProxyChild, 'usedKeys'>,
  state: Pick<ProxyState, 'signer' | 'shown'>,
): string[] {
  const { signer } = state;
  // What a newer signer-info.json showed is not among the objects yet.
  const known = signer !== null && numberShown(state) === signer.objects.number;
  return [...usedKeys].flatMap(([key, use]) =>
    use === 'in-use' && (!known || signer.objects.issued.has(key)) ? [key] : [],
  );
}

/** The highest number that the signer is known to have used: published here, or shown by its signer-info.json. */
export function numberShown({ signer, shown }: Pick<ProxyState, 'signer' | 'shown'>): bigint {
  const published = signer?.objects.number ?? 0n;
  return shown !== null && shown > published ? shown : published;
}
