/**
 * A CA of this workspace below the trust anchor, as a value: identity, parent, repository, keys and what each of them has
 * published. Nothing is asked, made or stored here; how it is written is child-json.ts.
 */
import { AppError } from '../../lib/app-error.ts';
import type { AuthorityLocations } from '../../rpki/make-certificate.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import type { CertInfo, TaObjects } from '../objects.ts';
import type { Identity } from '../signer/trust-anchor.ts';

/**
 * pending: without a certificate. active: signs. new: certified during a roll, beside the active one. old: after a roll, to be
 * revoked (RFC 6489 2).
 */
export const KEY_STATES = ['pending', 'new', 'active', 'old'] as const;
export type KeyState = (typeof KEY_STATES)[number];

export interface ChildKey {
  /** Upper-case hex. */
  keyId: string;
  spkiDer: Uint8Array;
  state: KeyState;
  /** The request for its certificate; null until the repository is known. */
  csrDer: Uint8Array | null;
  certificate: CertInfo | null;
  /** Its CRL and manifest; null until it has a certificate. */
  objects: TaObjects | null;
  /** Since when the parent has a request that it has not answered, ISO. */
  askedAt: string | null;
  /** The parent's last word about this key that was no answer: a status of RFC 6492, or null for a refusal of ours. */
  word: { status: number | null; text: string; at: string } | null;
}

export interface ChildParent {
  /** What it calls itself and this child. */
  handle: string;
  childHandle: string;
  serviceUri: string;
  identityDer: Uint8Array;
}

export interface ChildRepository {
  /** What it calls this child. */
  handle: string;
  serviceUri: string;
  identityDer: Uint8Array;
  /** rsync, ends in "/". */
  base: string;
  notify: string | null;
}

export interface LocalChild {
  handle: string;
  identity: Identity;
  parent: ChildParent | null;
  repository: ChildRepository | null;
  /** What the parent entitled it to when it was last asked; null: nothing yet. */
  entitled: { className: string; resources: ResourceSet; notAfter: string } | null;
  /** When it last heard from its parent, and what came of it in one sentence. */
  contact: { at: string; says: string } | null;
  /** What failed last and was not done since: asking the parent, or making CRL and manifest. */
  trouble: { what: 'ask' | 'refresh'; at: string; text: string } | null;
  keys: ChildKey[];
}

/** Where Krill puts the objects of a CA's first class: a folder of its own below the base. */
const NAME_SPACE = '0/';

export function locationsOf(repository: ChildRepository, keyId: string): AuthorityLocations {
  const folder = `${repository.base}${NAME_SPACE}`;
  return { repository: folder, manifest: `${folder}${keyId}.mft`, notify: repository.notify };
}

export const keyIn = (child: LocalChild, state: KeyState): ChildKey | undefined =>
  child.keys.find((key) => key.state === state);

/** The child with that key changed. */
export function withKey(child: LocalChild, keyId: string, change: Partial<ChildKey>): LocalChild {
  return {
    ...child,
    keys: child.keys.map((key) => (key.keyId === keyId ? { ...key, ...change } : key)),
  };
}

/** Throws AppError NOT_ALLOWED_NOW: what is missing before the parent can be asked. */
export function requireParent(child: LocalChild): ChildParent {
  if (child.parent === null)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      `${child.handle} has no parent yet: add it under the trust anchor, then read the answer (res.xml).`,
    );
  if (child.repository === null)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      `${child.handle} has no repository yet: read the answer of its publication server (repo-res.xml).`,
    );
  return child.parent;
}
