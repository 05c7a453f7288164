/**
 * What follows from a response that was judged and accepted (krill-ta.md 7.2): answers for the children, new objects, the
 * request closed. Values in, values out.
 */
import type { ChildRequest, Request } from '../documents.ts';
import type { Response } from '../response.ts';
import { certifiedKeys, type ChildResponse, type ProxyChild, type ProxyState } from './proxy-state.ts';
import { sameWish } from './same-wish.ts';
import { settleUnowned } from './unowned.ts';
import { settleWithdrawn, withdrawnKeys } from './withdrawn.ts';

/** `asked`: what the request said of this child; a wish it changed meanwhile stays open. */
function answered(
  child: ProxyChild,
  asked: ReadonlyMap<string, ChildRequest>,
  answers: ReadonlyMap<string, ChildResponse>,
): ProxyChild {
  const usedKeys = new Map(child.usedKeys);
  const openRequests = new Map(child.openRequests);
  const openResponses = new Map(child.openResponses);
  for (const [key, answer] of answers) {
    if (answer.type === 'issuance') usedKeys.set(key, 'in-use');
    if (answer.type === 'revocation') {
      // Known for ever, so that nobody uses one again; last in the order: it is the youngest of the revoked ones.
      usedKeys.delete(key);
      usedKeys.set(key, 'revoked');
    }
    if (!child.leaving) openResponses.set(key, answer);
    const [then, now] = [asked.get(key), openRequests.get(key)];
    if (then !== undefined && now !== undefined && sameWish(then, now)) openRequests.delete(key);
  }
  return { ...child, usedKeys, openRequests, openResponses };
}

/**
 * A leaving child without a certificate is gone; one with some asks for the revocation of their keys, `used`. `awaited`: a request
 * that was withdrawn may still bring it one.
 */
function leave(child: ProxyChild, used: readonly string[], awaited: boolean): ProxyChild | null {
  if (used.length === 0 && !awaited) return null;
  return {
    ...child,
    openRequests: new Map(used.map((key) => [key, { type: 'revocation', className: 'default', key }])),
  };
}

/** The state after `response` to `request`, which has closed. */
export function takeResponse(state: ProxyState, request: Request, response: Response): ProxyState {
  if (state.signer === null) throw new Error('a response without a signer');
  const answers = new Map<string, ProxyChild>();
  for (const child of state.children.values()) {
    const asked = request.children.find(({ handle: name }) => name === child.handle)?.requests ?? new Map();
    answers.set(child.handle, answered(child, asked, response.answers.get(child.handle) ?? new Map()));
  }
  const settled = settleWithdrawn({ ...state, children: answers }, response.objects);
  const after = { ...settled, signer: { ...state.signer, objects: response.objects } };
  const children = new Map<string, ProxyChild>();
  for (const child of settled.children.values()) {
    const awaited = withdrawnKeys(settled, child.handle).length > 0;
    const left = child.leaving ? leave(child, certifiedKeys(child, after), awaited) : child;
    if (left !== null) children.set(child.handle, left);
  }
  return settleUnowned({ ...after, children, open: null });
}
