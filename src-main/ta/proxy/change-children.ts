/** The children of a proxy changed by its operator: added, given other resources, removed. Each answers the state that follows. */
import { AppError } from '../../lib/app-error.ts';
import { deviceIn, deviceText } from '../../rpki/plain-name.ts';
import { contains } from '../../rpki/ranges.ts';
import { asnText, ipText } from '../../rpki/resource-text.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import type { ChildRequest } from '../documents.ts';
import type { Identity } from '../signer/trust-anchor.ts';
import { openContent } from './make-request.ts';
import { holds, judgeLimit } from '../wish-faults.ts';
import { certifiedKeys, type ProxyChild, type ProxyState } from './proxy-state.ts';
import { UNOWNED_HANDLE } from './unowned.ts';
import { withdrawnKeys } from './withdrawn.ts';

const FAMILIES = ['asn', 'ipv4', 'ipv6'] as const;

/** Throws AppError NOT_FOUND. */
export function requireChild(state: ProxyState, handle: string): ProxyChild {
  const child = state.children.get(handle);
  if (child === undefined) throw new AppError('NOT_FOUND', `There is no child called ${handle} here.`);
  return child;
}

export function withChild(state: ProxyState, child: ProxyChild): ProxyState {
  return { ...state, children: new Map([...state.children, [child.handle, child]]) };
}

/** Throws AppError INVALID_INPUT when there are none. */
export function requireResources(resources: ResourceSet): void {
  if (FAMILIES.some((family) => resources[family].length > 0)) return;
  throw new AppError('INVALID_INPUT', 'A child needs at least one AS number or address range.', {
    fields: [{ path: 'resources', message: 'Give it something' }],
  });
}

export const handleTaken = (message: string): AppError =>
  new AppError('INVALID_INPUT', message, { fields: [{ path: 'handle', message }] });

/** Throws AppError INVALID_INPUT when the handle or the identity is another child's. */
export function addChild(
  state: ProxyState,
  child: { handle: string; identity: Identity; resources: ResourceSet },
): ProxyState {
  requireResources(child.resources);
  for (const other of state.children.values()) {
    // Krill and file systems do not agree on case: two that differ in it only would be confused somewhere.
    if (other.handle.toLowerCase() === child.handle.toLowerCase())
      throw handleTaken(`There is a child called ${other.handle} already. Choose another handle.`);
    if (other.identity.keyId === child.identity.keyId)
      throw new AppError('INVALID_INPUT', `The child ${other.handle} has this identity already.`);
  }
  const device = deviceIn(child.handle);
  if (device !== null) throw handleTaken(deviceText(device));
  if (child.handle.toLowerCase() === 'ta')
    throw handleTaken('The handle "ta" is the trust anchor\'s own. Choose another one.');
  if (child.handle.toLowerCase() === UNOWNED_HANDLE)
    throw handleTaken(`The handle "${UNOWNED_HANDLE}" is for keys that no child has. Choose another one.`);
  return withChild(state, {
    ...child,
    leaving: false,
    usedKeys: new Map(),
    openRequests: new Map(),
    openResponses: new Map(),
    lastContactAt: null,
    lastSignedAt: null,
    lastDigests: [],
  });
}

/** From the next certificate on; what is issued stays as it is until then. */
export function changeResources(state: ProxyState, handle: string, resources: ResourceSet): ProxyState {
  requireResources(resources);
  const child = requireChild(state, handle);
  if (child.leaving)
    throw new AppError('NOT_ALLOWED_NOW', `${handle} is being removed with the next exchange.`);
  // A wish for more than it may have now, or for nothing, would make the whole exchange fail at the signer.
  const openRequests = new Map(
    [...child.openRequests].filter(
      ([, wish]) =>
        wish.type === 'revocation' || holds((faults) => judgeLimit(resources, wish.limit, faults)),
    ),
  );
  return withChild(state, { ...child, resources, openRequests });
}

/** Its keys are asked to be revoked; one without a certificate is gone at once. */
export function removeChild(state: ProxyState, handle: string): ProxyState {
  const child = requireChild(state, handle);
  const used = certifiedKeys(child, state);
  if (used.length === 0) {
    // A key of it may be on its way to a certificate that nobody would revoke.
    const sent =
      withdrawnKeys(state, handle).length > 0 ||
      (state.open !== null &&
        openContent(state.open).children.some((asked) => asked.handle === handle && asked.requests.size > 0));
    if (!sent) {
      const children = new Map(state.children);
      children.delete(handle);
      return { ...state, children };
    }
  }
  const openRequests = new Map<string, ChildRequest>(
    used.map((key) => [key, { type: 'revocation', className: 'default', key }]),
  );
  return withChild(state, { ...child, leaving: true, openRequests, openResponses: new Map() });
}

/**
 * What a child has more than it may have: certificates that were issued for more, an item each. It keeps them until it asks for
 * others (RFC 6492 3.4: certificates come by request alone); `asked`: it did, and the next exchange brings it.
 */
export function overhang(child: ProxyChild, state: ProxyState): { resources: string; asked: boolean }[] {
  return [...child.usedKeys.keys()].flatMap((key) => {
    const info = state.signer?.objects.issued.get(key);
    if (info === undefined || FAMILIES.every((f) => contains(child.resources[f], info.resources[f])))
      return [];
    const { asn, ipv4, ipv6 } = info.resources;
    const texts = [asnText(asn), ipText(ipv4, 'ipv4'), ipText(ipv6, 'ipv6')];
    return [
      { resources: texts.filter((text) => text !== '').join(', '), asked: child.openRequests.has(key) },
    ];
  });
}
