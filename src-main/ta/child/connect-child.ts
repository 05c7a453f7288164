/**
 * Parent and repository of a child taken from this workspace without files: the proxy that added it, and the folder the proxy
 * publishes into (T-020, T-023). What a file would say is said the same way.
 */
import { AppError } from '../../lib/app-error.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { type ProxyRepository, type ProxyState } from '../proxy/proxy-state.ts';
import { TA_HANDLE } from '../proxy/repository.ts';
import { configureParent, configureRepository } from './configure-child.ts';
import type { ChildDeps, HeldChild } from './held-child.ts';
import type { ChildParent, ChildRepository, LocalChild } from './local-child.ts';

/** This CA among the children of the proxy. */
function knownAt(state: ProxyState | null, { identity: own }: LocalChild) {
  return [...(state?.children.values() ?? [])].find(({ identity }) =>
    equalBytes(identity.certificateDer, own.certificateDer),
  );
}

/** `leaving`: the next exchange revokes its keys; `removed`: that has happened, and the proxy knows it no more. */
export type Standing = 'here' | 'leaving' | 'removed';

export function standingOf(state: ProxyState | null, child: LocalChild): Standing {
  if (isRemoved(state, child)) return 'removed';
  return state !== null && knownAt(state, child)?.leaving === true ? 'leaving' : 'here';
}

/** It was a child of the proxy and is no more: all its certificates are revoked. */
export function isRemoved(state: ProxyState | null, child: LocalChild): boolean {
  return child.parent !== null && state !== null && knownAt(state, child) === undefined;
}

/** Throws AppError NOT_ALLOWED_NOW while the proxy knows it, also while it is leaving. */
export function requireUnknown(state: ProxyState | null, child: LocalChild): void {
  const known = knownAt(state, child);
  if (known !== undefined)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      known.leaving
        ? `${child.handle} is being removed from the trust anchor: its keys are revoked with the next exchange. Delete it after that.`
        : `${child.handle} is a child of the trust anchor. Remove it there first.`,
    );
}

/** What the proxy answers this child, as res.xml would. Throws AppError NOT_ALLOWED_NOW when it does not know it. */
export function parentHere(state: ProxyState | null, child: LocalChild, serviceUri: string): ChildParent {
  const known = knownAt(state, child);
  if (state === null || known === undefined)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      `${child.handle} is not one of the trust anchor's children yet: add it there first.`,
    );
  return {
    handle: TA_HANDLE,
    childHandle: known.handle,
    serviceUri,
    identityDer: state.identity.certificateDer,
  };
}

/** What the folder's owner answers a publisher, as repo-res.xml would; null where a server has to answer. */
export function repositoryHere(repository: ProxyRepository | null, handle: string): ChildRepository | null {
  if (repository?.target.kind !== 'folder') return null;
  const { contact } = repository;
  return {
    handle,
    serviceUri: contact.serviceUri.replace(/\/[^/]*\/?$/, `/${handle}/`),
    identityDer: repository.serverIdentityDer,
    base: `${contact.base}${handle}/`,
    notify: contact.notify,
  };
}

/** Takes what is missing and there. Answers what it did, in one sentence. */
export async function connectChild(
  deps: ChildDeps,
  first: HeldChild,
  here: { state: ProxyState | null; serviceUri: string },
): Promise<string> {
  const { handle } = first.child;
  let held = first;
  if (held.child.parent === null) {
    const parent = parentHere(here.state, held.child, here.serviceUri);
    held = await configureParent(deps, held, parent, parent.identityDer);
  }
  const repository = repositoryHere(here.state?.repository ?? null, handle);
  if (held.child.repository === null && repository !== null)
    held = await configureRepository(deps, held, repository);
  if (held.child.repository === null)
    return `${handle} has its parent; its repository is a server’s: bring it pub-req.xml and read its answer.`;
  return `${handle} has its parent and publishes at ${held.child.repository.base}.`;
}
