/** CRLs and manifests of a child made anew when they are due, without asking the parent. */
import type { ChildDeps, HeldChild } from './held-child.ts';
import { keepChild } from './held-child.ts';
import { withFreshObjects } from './child-objects.ts';
import { shortKey } from '../short-key.ts';

/** Answers whether anything was made: then it has to be published. */
export async function refreshChild(deps: ChildDeps, held: HeldChild): Promise<boolean> {
  const { child, numbers } = await withFreshObjects(deps, held, held.child, deps.now());
  if (numbers.length === 0) return false;
  // What failed at asking is not mended by this.
  const trouble = child.trouble?.what === 'refresh' ? null : child.trouble;
  await keepChild(
    deps,
    held,
    { child: { ...child, trouble }, numbers },
    {
      action: 'ta.localRefresh',
      summary: `${child.handle}: made CRL and manifest ${numbers.map(({ keyId, number }) => `${number} of key ${shortKey(keyId)}`).join(', ')}`,
      subjects: [],
    },
  );
  return true;
}
