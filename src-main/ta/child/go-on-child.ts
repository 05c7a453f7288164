/**
 * The way out for a local child whose CRL and manifest were made by a clock that was ahead (signer/go-on.ts says why it is safe):
 * they are made anew with the time of this machine. Whoever calls it has compared the date.
 */
import { isFarAhead } from '../signer/clock.ts';
import { BACKDATE_MS } from '../signer/publish.ts';
import { withFreshObjects } from './child-objects.ts';
import { type ChildDeps, type HeldChild, keepChild } from './held-child.ts';
import { type ChildKey, type LocalChild } from './local-child.ts';
import { shortKey } from '../short-key.ts';

const madeAt = ({ objects }: ChildKey): Date | null =>
  objects === null ? null : new Date(Date.parse(objects.thisUpdate) + BACKDATE_MS);

/** When the last of its CRLs and manifests was made, where that is of the future by this clock; null where none is. */
export function madeAhead(child: LocalChild, now: Date): Date | null {
  const ahead = child.keys.flatMap((key) => {
    const at = madeAt(key);
    return at !== null && isFarAhead(at, now) ? [at.getTime()] : [];
  });
  return ahead.length === 0 ? null : new Date(Math.max(...ahead));
}

/** Answers whether anything was made or withdrawn: then it has to be published. */
export async function goOnChild(deps: ChildDeps, held: HeldChild): Promise<boolean> {
  const now = deps.now();
  const { handle } = held.child;
  if (madeAhead(held.child, now) === null) return false;
  const isAhead = (key: ChildKey): boolean => {
    const at = madeAt(key);
    return at !== null && isFarAhead(at, now);
  };
  const names = held.child.keys.filter(isAhead).map(({ keyId }) => shortKey(keyId));
  // Where the certificate is of the future as well there are none until another one comes: nobody validates them before.
  const without = {
    ...held.child,
    keys: held.child.keys.map((key) => (isAhead(key) ? { ...key, objects: null } : key)),
  };
  const { child, numbers } = await withFreshObjects(deps, held, without, now);
  await keepChild(
    deps,
    held,
    { child: { ...child, trouble: child.trouble?.what === 'refresh' ? null : child.trouble }, numbers },
    {
      action: 'ta.localGoOn',
      summary: `${handle}: went on from the clock of this machine, with today’s date compared; CRL and manifest of key ${names.join(', ')} were of the future${numbers.length === 0 ? ' and are withdrawn' : `, and have number ${numbers.map(({ number }) => number).join(', ')} now`}`,
      subjects: [],
    },
  );
  return true;
}
