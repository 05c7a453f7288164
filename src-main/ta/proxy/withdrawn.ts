/**
 * Requests that were withdrawn may have been signed all the same: what was asked with them is known until the signer's objects
 * show what became of it, or until nobody can sign it any more. Values in, values out.
 */
import type { Request } from '../documents.ts';
import type { TaObjects } from '../objects.ts';
import type { ProxyChild, ProxyState, Withdrawn } from './proxy-state.ts';

/** Keys that `handle` asked a certificate for with a request that was withdrawn. */
export function withdrawnKeys({ cancelled }: Pick<ProxyState, 'cancelled'>, handle: string): string[] {
  return cancelled.flatMap(({ asked }) => asked.get(handle) ?? []);
}

/** By child, the keys it asked a certificate for. */
export function askedKeys({ children }: Request): Map<string, string[]> {
  return new Map(
    children.flatMap(({ handle, requests }) => {
      const keys = [...requests].filter(([, { type }]) => type === 'issuance').map(([key]) => key);
      return keys.length === 0 ? [] : [[handle, keys] as const];
    }),
  );
}

/** Certificates that a withdrawn request brought become the child's own; a key that has none any more is revoked. */
function settleChild(
  state: ProxyState,
  child: ProxyChild,
  objects: TaObjects,
  taken: ReadonlySet<string>,
): ProxyChild {
  const usedKeys = new Map(child.usedKeys);
  const openRequests = new Map(child.openRequests);
  const openResponses = new Map(child.openResponses);
  for (const key of withdrawnKeys(state, child.handle))
    if (objects.issued.has(key) && !taken.has(key)) usedKeys.set(key, 'in-use');
  for (const [key, wish] of child.openRequests) {
    if (wish.type !== 'revocation' || objects.issued.has(key)) continue;
    usedKeys.delete(key);
    usedKeys.set(key, 'revoked');
    openRequests.delete(key);
    if (!child.leaving) openResponses.set(key, { type: 'revocation' });
  }
  if (child.leaving)
    for (const [key, use] of usedKeys)
      if (use === 'in-use' && objects.issued.has(key))
        openRequests.set(key, { type: 'revocation', className: 'default', key });
  return { ...child, usedKeys, openRequests, openResponses };
}

/** What is still to be looked for after `objects`: not what they show, and not what nobody can sign any more. */
function outstanding(one: Withdrawn, objects: TaObjects): Withdrawn {
  if (Date.parse(one.goodUntil) < Date.parse(objects.thisUpdate)) return { ...one, asked: new Map() };
  const asked = [...one.asked].flatMap(([handle, keys]) => {
    const left = keys.filter((key) => !objects.issued.has(key));
    return left.length === 0 ? [] : [[handle, left] as const];
  });
  return { ...one, asked: new Map(asked) };
}

/** The state once the signer's newer `objects` are known, which a response or signer-info.json shows. */
export function settleWithdrawn(state: ProxyState, objects: TaObjects): ProxyState {
  const taken = new Set([...state.children.values()].flatMap(({ usedKeys }) => [...usedKeys.keys()]));
  return {
    ...state,
    children: new Map(
      [...state.children].map(([handle, child]) => [handle, settleChild(state, child, objects, taken)]),
    ),
    cancelled: state.cancelled.map((one) => outstanding(one, objects)),
    revoking: state.revoking.filter((key) => objects.issued.has(key)),
  };
}
