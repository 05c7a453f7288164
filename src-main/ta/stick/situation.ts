/** What the halves of this workspace are and wait for, as far as files on a stick are judged by it. Read, never changed. */
import { sha256Hex } from '../../lib/bytes.ts';
import type { LocalChild } from '../child/local-child.ts';
import { numberShown, type ProxyState } from '../proxy/proxy-state.ts';
import { contactSha256 } from '../repository-contact.ts';
import { missingUpTo } from '../signer/missing.ts';
import { madeAt } from '../signer/publish.ts';
import type { Rejection } from '../review/rejected.ts';
import type { HeldSigner } from '../signer/held-signer.ts';
import type { TrustAnchor } from '../signer/trust-anchor.ts';

/** An exchange as far as nonces and hashes of its files go. */
export interface PastFiles {
  id: string;
  nonce: string;
  at: string;
  number: string;
  responseSha256: string;
}

/** A trust anchor as its ta.cer and ta.tal show it. */
export interface AnchorSituation {
  taKey: string;
  certificateSha256: string;
  /** When it was made, which is a little after it begins. */
  certificateFrom: Date;
  /** URIs in the order of the TAL. */
  tal: string[];
}

export interface SignerSituation extends AnchorSituation {
  /** Key identifiers, upper-case hex. */
  identity: string;
  identitySha256: string;
  proxy: string;
  base: string;
  /** RRDP of the TA certificate. */
  notify: string | null;
  /** SHA-256 of what the set-up took of proxy-repo.json; null: it was taken over, or set up before that was kept. */
  repositorySha256: string | null;
  /** Of manifest and CRL. */
  number: bigint;
  /** Oldest first; `setAside`: signed ahead of time, and the signer went on without it. */
  past: (PastFiles & { setAside: boolean })[];
  /** The youngest request that was answered. */
  lastRequest: HeldSigner['history']['lastRequest'];
  /** A restore took responses away that this signer made. */
  missing: boolean;
  /** Requests that were rejected here. */
  rejected: readonly Rejection[];
}

/** Where somebody publishes, and the server that takes it there. */
export interface PlaceSituation {
  base: string;
  notify: string | null;
  serviceUri: string;
}

export interface ProxySituation {
  identity: string;
  identitySha256: string;
  /** `folder`: on this machine, where a local child lies too. */
  repository: (PlaceSituation & { contentSha256: string; folder: boolean }) | null;
  /** `number`: the highest that its signer is known to have used. */
  signer: (AnchorSituation & { identity: string; number: bigint }) | null;
  open: { nonce: string; sha256: string; goodUntil: string } | null;
  past: PastFiles[];
  cancelled: { nonce: string; at: string }[];
  /** Key identifier of each child, by handle. */
  children: ReadonlyMap<string, string>;
  /** Children that never asked: they may not know their parent yet. */
  silent: string[];
  /** Where a child sends its messages now; null: nobody finds the listener. */
  addressOf(child: string): string | null;
}

export interface ChildSituation {
  handle: string;
  identity: string;
  identitySha256: string;
  parent: boolean;
  repository: PlaceSituation | null;
}

export interface Situation {
  signer: SignerSituation | null;
  proxy: ProxySituation | null;
  /** Local children. */
  children: ChildSituation[];
  /** Hashes of what the set-up of a signer has already; null: it takes nothing, because there is a signer. */
  setup: { proxyId: string | null; repository: string | null } | null;
  /** A signer's set-up is what this workspace is for, or was begun. */
  settingUp: boolean;
}

const anchorSituation = ({
  certificate,
  objects,
  tal,
}: Pick<TrustAnchor, 'certificate' | 'objects' | 'tal'>): AnchorSituation => ({
  taKey: objects.keyId,
  certificateSha256: sha256Hex(certificate.der),
  certificateFrom: madeAt(certificate),
  tal: [...tal.https, tal.rsync],
});

export function signerSituation(
  held: HeldSigner,
  rejected: readonly Rejection[],
  repositorySha256: string | null,
): SignerSituation {
  const { identity, proxy, objects, certificate } = held.anchor;
  return {
    ...anchorSituation(held.anchor),
    identity: identity.keyId,
    identitySha256: sha256Hex(identity.certificateDer),
    proxy: proxy.keyId,
    base: objects.baseUri,
    notify: certificate.rpkiNotify,
    repositorySha256,
    number: objects.number,
    past: held.past.map(({ id, nonce, at, number, responseSha256 }) => ({
      ...{ id, nonce, at, number, responseSha256 },
      setAside: held.setAside.has(id),
    })),
    lastRequest: held.history.lastRequest,
    missing: missingUpTo(held) !== null,
    rejected,
  };
}

export function proxySituation(
  state: ProxyState,
  past: readonly PastFiles[],
  addressOf: ProxySituation['addressOf'],
): ProxySituation {
  const { signer, open, repository } = state;
  return {
    identity: state.identity.keyId,
    identitySha256: sha256Hex(state.identity.certificateDer),
    repository:
      repository === null
        ? null
        : {
            base: repository.contact.base,
            notify: repository.contact.notify,
            serviceUri: repository.contact.serviceUri,
            contentSha256: contactSha256(repository.contact),
            folder: repository.target.kind === 'folder',
          },
    signer:
      signer === null
        ? null
        : {
            ...anchorSituation(signer),
            identity: signer.identity.keyId,
            number: numberShown(state),
          },
    open:
      open === null ? null : { nonce: open.nonce, sha256: sha256Hex(open.file), goodUntil: open.goodUntil },
    past: past.map(({ id, nonce, at, number, responseSha256 }) => ({
      id,
      nonce,
      at,
      number,
      responseSha256,
    })),
    cancelled: state.cancelled,
    children: new Map([...state.children.values()].map(({ handle, identity }) => [handle, identity.keyId])),
    silent: [...state.children.values()]
      .filter(({ lastContactAt, leaving }) => lastContactAt === null && !leaving)
      .map(({ handle }) => handle),
    addressOf,
  };
}

export function childSituation({ handle, identity, parent, repository }: LocalChild): ChildSituation {
  return {
    handle,
    identity: identity.keyId,
    identitySha256: sha256Hex(identity.certificateDer),
    parent: parent !== null,
    repository:
      repository === null
        ? null
        : { base: repository.base, notify: repository.notify, serviceUri: repository.serviceUri },
  };
}

/** What each half waits for, as sentences. */
export function waitsOf({ signer, proxy, children, setup, settingUp }: Situation): string[] {
  const waits: string[] = [];
  if (signer !== null) waits.push('The signer waits for request.json of its proxy.');
  else if (setup !== null && settingUp) {
    const missing = [
      ...(setup.proxyId === null ? ['proxy-id.json'] : []),
      ...(setup.repository === null ? ['proxy-repo.json'] : []),
    ];
    if (missing.length > 0)
      waits.push(`The set-up of the signer waits for ${missing.join(' and ')} of the proxy.`);
  }
  if (proxy !== null) {
    if (proxy.repository === null)
      waits.push(
        'The proxy waits for repo-res.xml of a publication server, unless it publishes into a folder.',
      );
    else if (proxy.signer === null) waits.push('The proxy waits for signer-info.json of its signer.');
    else if (proxy.open !== null)
      waits.push(`The proxy waits for response.json to its request ${proxy.open.nonce}.`);
    else
      waits.push('The proxy waits for nothing: no request is open. A child’s file can be taken at any time.');
  }
  for (const { handle, parent, repository } of children)
    if (!parent) waits.push(`The child ${handle} waits for res.xml of this workspace's proxy.`);
    else if (repository === null)
      waits.push(`The child ${handle} waits for repo-res.xml of its publication server.`);
  return waits;
}
