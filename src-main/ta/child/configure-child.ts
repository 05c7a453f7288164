/**
 * Parent and repository of a local child, each taken once from the answer that RFC 8183 has for it (T-022). With the repository
 * the requests of its keys are made, because they say where it publishes.
 */
import { stopped } from '../../lib/sentence.ts';
import { AppError } from '../../lib/app-error.ts';
import { equalBytes, sha256Hex } from '../../lib/bytes.ts';
import { makeCsr } from '../../rpki/make-csr.ts';
import { isNotificationUri, isPlainUri, NOTIFICATION_FIX } from '../../rpki/plain-name.ts';
import { identityFaults } from '../signer/identity-check.ts';
import { type ChildDeps, type HeldChild, keepChild, signingOf } from './held-child.ts';
import { type ChildKey, type ChildParent, type ChildRepository, locationsOf } from './local-child.ts';

/** Throws AppError INVALID_INPUT. */
function requireIdentity(identityDer: Uint8Array, now: Date): void {
  const [fault] = identityFaults(identityDer, now);
  if (fault !== undefined)
    throw new AppError('INVALID_INPUT', `This answer cannot be used: ${stopped(fault)}`);
}

/** `own`: the identity of this workspace's proxy, which alone can be asked. Throws AppError. */
export async function configureParent(
  deps: ChildDeps,
  held: HeldChild,
  parent: ChildParent,
  own: Uint8Array | null,
): Promise<HeldChild> {
  const { child } = held;
  if (child.parent !== null)
    throw new AppError('NOT_ALLOWED_NOW', `${child.handle} has a parent already: ${child.parent.handle}.`);
  requireIdentity(parent.identityDer, deps.now());
  if (own === null || !equalBytes(own, parent.identityDer))
    throw new AppError(
      'INVALID_INPUT',
      'This answer is of another parent than the trust anchor of this workspace, and only that one can be asked from here.',
    );
  return keepChild(
    deps,
    held,
    { child: { ...child, parent } },
    {
      action: 'ta.localConfigure',
      summary: `${child.handle} has the parent ${parent.handle}, which calls it ${parent.childHandle}`,
      subjects: [{ type: 'parent-id', id: parent.handle, sha256: sha256Hex(parent.identityDer) }],
    },
  );
}

/** The request of a key, once it is known where the child publishes. */
export function csrOf(
  deps: ChildDeps,
  held: HeldChild,
  repository: ChildRepository,
  key: Pick<ChildKey, 'keyId' | 'spkiDer'>,
): Promise<Uint8Array> {
  return makeCsr(key, locationsOf(repository, key.keyId), signingOf(deps, held, key.keyId).request);
}

/** Throws AppError. */
export async function configureRepository(
  deps: ChildDeps,
  held: HeldChild,
  repository: ChildRepository,
): Promise<HeldChild> {
  const { child } = held;
  if (child.repository !== null)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      `${child.handle} has a repository already, at ${child.repository.base}; what was certified says so.`,
    );
  requireIdentity(repository.identityDer, deps.now());
  if (!isPlainUri(repository.base, 'rsync') || !repository.base.endsWith('/'))
    throw new AppError('INVALID_INPUT', `${repository.base} is no rsync folder that ends in "/".`);
  if (repository.notify !== null && !isNotificationUri(repository.notify))
    throw new AppError(
      'INVALID_INPUT',
      `${repository.notify} is no file of RRDP in .xml. ${NOTIFICATION_FIX}`,
    );
  const keys = await Promise.all(
    child.keys.map(async (key) => ({ ...key, csrDer: await csrOf(deps, held, repository, key) })),
  );
  return keepChild(
    deps,
    held,
    { child: { ...child, repository, keys } },
    {
      action: 'ta.localConfigure',
      summary: `${child.handle} publishes at ${repository.base}; its request is made`,
      subjects: [
        { type: 'repository-id', id: repository.handle, sha256: sha256Hex(repository.identityDer) },
        ...keys.map(({ keyId, csrDer }) => ({ type: 'csr', id: keyId, sha256: sha256Hex(csrDer) })),
      ],
    },
  );
}
