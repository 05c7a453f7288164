/** What a response brings each child that asked, beside what it has: as the signer's review shows the request. */
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import type { ChildReview } from '#shared/contract/ta-review.ts';
import { union } from '../../rpki/ranges.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import type { Child, Request } from '../documents.ts';
import type { TaObjects } from '../objects.ts';
import { answeredWish } from '../answered-wish.ts';
import { standOf } from '../past-outcome.ts';
import type { Response } from '../response.ts';
import {
  type ChildContext,
  childReview,
  FAMILIES,
  resourceTexts,
  unusualOf,
} from '../review/child-review.ts';
import type { History } from '../review/history.ts';
import { overlapsOf } from '../review/overlaps.ts';
import type { AssociatedSigner, ProxyState } from './proxy-state.ts';
import { withdrawnKeys } from './withdrawn.ts';

const WEEK_MS = 7 * 86_400_000;

/** The answer to each wish of the request, in its order. */
export function answersOf({ children }: Request, response: Response | null): ResponseReview['answers'] {
  return children.flatMap(({ handle, requests }) =>
    [...requests.keys()].map((keyId) => {
      const answer = response?.answers.get(handle)?.get(keyId);
      const info = response?.objects.issued.get(keyId);
      const issued = answer?.type === 'issuance';
      return {
        child: handle,
        keyId,
        what:
          answer === undefined
            ? ('missing' as const)
            : answer.type === 'issuance'
              ? ('issued' as const)
              : answer.type === 'revocation'
                ? ('revoked' as const)
                : ('error' as const),
        resources: issued && info !== undefined ? resourceTexts(info.resources) : [],
        notAfter: issued && info !== undefined ? new Date(info.notAfter).toISOString() : null,
      };
    }),
  );
}

/** All that the certificates of these keys have. */
function certified(keys: ReadonlySet<string>, { issued }: TaObjects): ResourceSet {
  const set: ResourceSet = { asn: [], ipv4: [], ipv6: [] };
  for (const key of keys)
    for (const family of FAMILIES) set[family] = union(set[family], issued.get(key)?.resources[family] ?? []);
  return set;
}

interface Order {
  state: ProxyState & { signer: AssociatedSigner };
  request: Request;
  response: Response;
  history: History;
  now: Date;
}

/** All keys that may have a certificate for this child. */
function keysOf(handle: string, asking: Child | undefined, state: ProxyState): Set<string> {
  return new Set([
    ...(state.children.get(handle)?.usedKeys.keys() ?? []),
    ...(asking?.requests.keys() ?? []),
    ...withdrawnKeys(state, handle),
  ]);
}

function reviewOf(child: Child, order: Order) {
  const { state, response, history, now } = order;
  const { handle } = child;
  const before = state.signer.objects;
  const keys = keysOf(handle, child, state);
  const had = new Set([...keys].filter((key) => before.issued.has(key)));
  const context: ChildContext = {
    of: 'response',
    known:
      had.size > 0 || history.children.has(handle)
        ? { resources: certified(had, before), keys: had }
        : undefined,
    objects: before,
    revoked: history.revoked,
    validUntil: '',
    faults: [],
  };
  const seen = childReview({ ...child, resources: certified(keys, response.objects) }, context);
  const view: ChildReview = {
    ...seen,
    wishes: seen.wishes.map((wish) => ({ ...wish, ...answeredWish(response, handle, wish.keyId) })),
  };
  const dueBefore = state.timing.issuedCertificateReissueWeeksBefore * WEEK_MS;
  // Keys that no child has are revoked by the operator's own wish.
  return { view, unusual: state.children.has(handle) ? unusualOf(view, child, context, now, dueBefore) : [] };
}

/** Each child of the request with its resources as certified before and after, and what is unusual in that, by name. */
export function childrenOf(order: Order): { children: ChildReview[]; unusual: string[] } {
  const { state, request, response } = order;
  const reviews = request.children.map((child) => reviewOf(child, order));
  const asking = new Map(request.children.map((child) => [child.handle, child]));
  const holdings = [...state.children.values()].map(({ handle }) => {
    const keys = keysOf(handle, asking.get(handle), state);
    return {
      handle,
      before: certified(keys, state.signer.objects),
      after: certified(keys, response.objects),
    };
  });
  return {
    children: reviews.map(({ view }) => view),
    unusual: [...reviews.flatMap(({ unusual }) => unusual), ...overlapsOf(holdings)],
  };
}

/** How many certificates and revocations there are before and after. */
export function countsOf(
  before: TaObjects,
  after: TaObjects | undefined,
  now: Date,
): Pick<ResponseReview, 'certificates' | 'revoked'> {
  const then = standOf(before, now);
  const next = after === undefined ? null : standOf(after, now);
  return {
    certificates: { before: then.certificates, after: next?.certificates ?? '' },
    revoked: { before: then.revoked, after: next?.revoked ?? '' },
  };
}
