/**
 * Certificates at the signer for keys that no child here has: of a child that this workspace knows no more (it was restored
 * from before, or the signer had another proxy). Nobody asks for their revocation but the operator. Values in, values out.
 */
import { AppError } from '../../lib/app-error.ts';
import type { Child } from '../documents.ts';
import type { CertInfo } from '../objects.ts';
import type { ProxyState } from './proxy-state.ts';
import { withdrawnKeys } from './withdrawn.ts';

/** The name under which a request asks for it: nobody's, so that no child is told of it. */
export const UNOWNED_HANDLE = 'unowned-keys';

const handleOf = ({ children }: ProxyState): string => {
  const taken = new Set([...children.keys()].map((name) => name.toLowerCase()));
  let handle = UNOWNED_HANDLE;
  // One of an older workspace may be called that.
  while (taken.has(handle)) handle += '-';
  return handle;
};

/** By key identifier; a key that a child has asked a certificate for, also with a withdrawn request, is its own. */
export function unownedKeys(state: ProxyState): Map<string, CertInfo> {
  const owned = new Set(
    [...state.children.values()].flatMap(({ handle, usedKeys, openRequests }) => [
      ...usedKeys.keys(),
      ...openRequests.keys(),
      ...withdrawnKeys(state, handle),
    ]),
  );
  return new Map([...(state.signer?.objects.issued ?? [])].filter(([key]) => !owned.has(key)));
}

/** What the next request asks for them; null: nothing. */
export function unownedWishes(state: ProxyState): Child | null {
  const unowned = unownedKeys(state);
  const keys = state.revoking.filter((key) => unowned.has(key));
  if (keys.length === 0) return null;
  return {
    handle: handleOf(state),
    resources: { asn: [], ipv4: [], ipv6: [] },
    requests: new Map(keys.map((key) => [key, { type: 'revocation', className: 'default', key }])),
  };
}

function requireUnowned(state: ProxyState, key: string): void {
  if (unownedKeys(state).has(key)) return;
  throw new AppError(
    'NOT_FOUND',
    'No such key is without a child here: it belongs to one by now, or its certificate is gone. Look at the children again.',
  );
}

/** It is revoked with the next request that is made. Throws AppError NOT_FOUND. */
export function revokeUnowned(state: ProxyState, key: string): ProxyState {
  requireUnowned(state, key);
  return { ...state, revoking: [...state.revoking.filter((one) => one !== key), key] };
}

/** It stays as it is after all, unless a request that asks otherwise is signed. Throws AppError NOT_FOUND. */
export function keepUnowned(state: ProxyState, key: string): ProxyState {
  requireUnowned(state, key);
  return { ...state, revoking: state.revoking.filter((one) => one !== key) };
}

/** What is left to be asked for: not keys that have no certificate any more, or an owner. */
export function settleUnowned(state: ProxyState): ProxyState {
  const unowned = unownedKeys(state);
  return { ...state, revoking: state.revoking.filter((key) => unowned.has(key)) };
}
