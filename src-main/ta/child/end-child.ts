/** The end of a local child that the trust anchor does not know (any more): it is deleted with all its keys. */
import { sha256Hex } from '../../lib/bytes.ts';
import type { ChildDeps, HeldChild } from './held-child.ts';

/** Whether it may end is the caller's decision. Throws AppError CONFLICT. */
export async function endChild(
  deps: ChildDeps,
  { child, version, identity, keys }: HeldChild,
): Promise<void> {
  const { handle } = child;
  await deps.session().store.run('ta.childEnd', {
    handle,
    version,
    audit: {
      action: 'ta.localRemove',
      outcome: 'done',
      summary: `Deleted the local child ${handle} with ${keys.size === 1 ? 'its key' : `its ${keys.size} keys`} and its identity`,
      subjects: [{ type: 'child-id', id: handle, sha256: sha256Hex(child.identity.certificateDer) }],
    },
  });
  // A token may still hold them; for the workspace they are gone already.
  for (const key of [identity, ...keys.values()]) await deps.router.discard(key);
}
