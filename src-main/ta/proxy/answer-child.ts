/**
 * What the proxy answers a child (RFC 6492 3.3-3.6, krill-ta.md 7.3): entitlements at once, issuance and revocation when the
 * signer has answered. It returns the state that follows; nobody is asked and nothing is stored here.
 */
import { Faults } from '../../rpki/fault.ts';
import {
  NOT_PERFORMED,
  notPerformedWords,
  type Payload,
  type ResourceClass,
} from '../../rpki/provisioning-message.ts';
import { readChildCsr } from '../child-csr.ts';
import type { ChildRequest } from '../documents.ts';
import { plainForm } from '../../rpki/plain-name.ts';
import { holds, judgeLimit, judgePlace } from '../wish-faults.ts';
import { certifiedKeys, type ProxyChild, type ProxyState } from './proxy-state.ts';
import { sameWish } from './same-wish.ts';
import { withdrawnKeys } from './withdrawn.ts';

const WEEK_MS = 7 * 86_400_000;
const CLASS = 'default';

export interface ChildAnswer {
  child: ProxyChild;
  reply: Payload;
}

const refusal = (why: keyof typeof NOT_PERFORMED): Payload => ({
  type: 'error_response',
  status: NOT_PERFORMED[why],
  description: notPerformedWords(NOT_PERFORMED[why]),
});

/** Until when the child may have its resources: as long as a new certificate would last, or as its present ones do. */
function entitledUntil(state: ProxyState, child: ProxyChild, now: Date): Date {
  const { timing, signer } = state;
  const fresh = now.getTime() + timing.issuedCertificateValidityWeeks * WEEK_MS;
  const dueAt = now.getTime() + timing.issuedCertificateReissueWeeksBefore * WEEK_MS;
  const lasting = certificatesOf(state, child)
    .map(({ notAfter }) => Date.parse(notAfter))
    .filter((end) => end > dueAt);
  return new Date(signer !== null && lasting.length > 0 ? Math.max(...lasting) : fresh);
}

function certificatesOf({ signer }: ProxyState, child: ProxyChild) {
  return [...child.usedKeys].flatMap(([key, use]) => {
    const info = use === 'in-use' ? signer?.objects.issued.get(key) : undefined;
    return info === undefined ? [] : [info];
  });
}

function resourceClass(
  state: ProxyState & { signer: NonNullable<ProxyState['signer']> },
  child: ProxyChild,
  now: Date,
  only: ResourceClass['certificates'] | null,
): ResourceClass {
  const { certificate, tal } = state.signer;
  return {
    className: CLASS,
    certUrls: [tal.rsync],
    resources: child.resources,
    notAfter: entitledUntil(state, child, now),
    suggestedSiaHead: null,
    certificates:
      only ??
      certificatesOf(state, child).map((info) => ({ urls: [info.uri], limit: info.limit, der: info.der })),
    issuerDer: certificate.der,
  };
}

/** Folders that other children publish in, or ask for. */
function placesOfOthers(state: ProxyState, child: ProxyChild): Set<string> {
  const others = [...state.children.values()].filter(({ handle }) => handle !== child.handle);
  return new Set(
    others.flatMap((other) => [
      ...certificatesOf(state, other).map(({ caRepository }) => plainForm(caRepository)),
      ...[...other.openRequests.values()].flatMap((wish) => {
        const csr = wish.type === 'issuance' ? readChildCsr(wish.csrDer, new Faults()) : null;
        return csr === null ? [] : [plainForm(csr.caRepository)];
      }),
    ]),
  );
}

/** Why this key may not ask, or null. */
function issuanceRefusal(
  state: ProxyState,
  child: ProxyChild,
  wish: ChildRequest & { type: 'issuance' },
): { key: string } | Payload {
  const faults = new Faults();
  const csr = readChildCsr(wish.csrDer, faults);
  if (csr === null || faults.found.length > 0) return refusal('badRequest');
  if (!holds((found) => judgeLimit(child.resources, wish.limit, found))) return refusal('noResources');
  const ta = state.signer?.objects;
  if (
    ta !== undefined &&
    !holds((found) => judgePlace(csr, { baseUri: ta.baseUri, taKeyId: ta.keyId }, found))
  )
    return refusal('badRequest');
  // The signer's operator would be asked about two children in one folder at every exchange.
  if (placesOfOthers(state, child).has(plainForm(csr.caRepository))) return refusal('badRequest');
  const elsewhere = [...state.children.values()].some(
    (other) =>
      other.handle !== child.handle && (other.usedKeys.has(csr.keyId) || other.openRequests.has(csr.keyId)),
  );
  const revoked = child.usedKeys.get(csr.keyId) === 'revoked';
  if (elsewhere || revoked || csr.keyId === state.signer?.objects.keyId) return refusal('usedKey');
  return { key: csr.keyId };
}

/** A wish that the signer must answer: what came of it, or that it is on its way. */
function scheduled(
  state: ProxyState & { signer: NonNullable<ProxyState['signer']> },
  child: ProxyChild,
  key: string,
  wish: ChildRequest,
  now: Date,
): ChildAnswer {
  const response = child.openResponses.get(key);
  if (response !== undefined && (response.type === wish.type || response.type === 'error')) {
    const openResponses = new Map(child.openResponses);
    openResponses.delete(key);
    const after = { ...child, openResponses };
    if (response.type === 'error') return { child: after, reply: refusal('internalError') };
    if (response.type === 'revocation')
      return { child: after, reply: { type: 'revoke_response', className: CLASS, keyId: key } };
    const own = { urls: [response.uri], limit: response.limit, der: response.certificateDer };
    return {
      child: after,
      reply: { type: 'issue_response', resourceClass: resourceClass(state, child, now, [own]) },
    };
  }
  const open = child.openRequests.get(key);
  if (open !== undefined && sameWish(open, wish)) return { child, reply: refusal('alreadyProcessing') };
  return {
    child: { ...child, openRequests: new Map([...child.openRequests, [key, wish]]) },
    reply: refusal('scheduled'),
  };
}

/** Its certificate has ended and was taken away, and none is on its way: there is nothing to be revoked. */
function hasNothing(state: ProxyState, child: ProxyChild, key: string): boolean {
  return (
    child.usedKeys.get(key) === 'in-use' &&
    !child.openRequests.has(key) &&
    !withdrawnKeys(state, child.handle).includes(key) &&
    !certifiedKeys(child, state).includes(key)
  );
}

/** Answers `query` of `child` at `now`. */
export function answerChild(state: ProxyState, child: ProxyChild, query: Payload, now: Date): ChildAnswer {
  const { signer } = state;
  // A child that is leaving, and one whose trust anchor is not there yet, has nothing to ask for.
  const none = signer === null || child.leaving;
  if (query.type === 'list')
    return {
      child,
      reply: {
        type: 'list_response',
        classes: none ? [] : [resourceClass({ ...state, signer }, child, now, null)],
      },
    };
  if (query.type === 'issue') {
    if (none || query.className !== CLASS) return { child, reply: refusal('noSuchClass') };
    const wish = {
      type: 'issuance',
      className: CLASS,
      limit: query.limit,
      csrDer: query.csrDer,
    } as const;
    const judged = issuanceRefusal(state, child, wish);
    return 'key' in judged
      ? scheduled({ ...state, signer }, child, judged.key, wish, now)
      : { child, reply: judged };
  }
  if (query.type === 'revoke') {
    if (signer === null || query.className !== CLASS) return { child, reply: refusal('noSuchClassToRevoke') };
    const key = query.keyId;
    if (child.usedKeys.get(key) !== 'in-use' && child.openResponses.get(key)?.type !== 'revocation')
      return { child, reply: refusal('noSuchKey') };
    if (hasNothing(state, child, key)) {
      const usedKeys = new Map([...child.usedKeys].filter(([other]) => other !== key));
      return {
        child: { ...child, usedKeys: usedKeys.set(key, 'revoked') },
        reply: { type: 'revoke_response', className: CLASS, keyId: key },
      };
    }
    return scheduled({ ...state, signer }, child, key, { type: 'revocation', className: CLASS, key }, now);
  }
  return { child, reply: refusal('unknownType') };
}
