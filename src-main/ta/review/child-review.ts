/** One child of a request beside what it had before: resources as sets, each wish with what it replaces. */
import { shortKey } from '../short-key.ts';
import { momentText } from '../../lib/moment-text.ts';
import type { ChildReview } from '#shared/contract/ta-review.ts';
import { Faults } from '../../rpki/fault.ts';
import { difference, equalRanges, intersection, type Ranges } from '../../rpki/ranges.ts';
import { plainForm } from '../../rpki/plain-name.ts';
import { asnText, ipText } from '../../rpki/resource-text.ts';
import { readChildCsr } from '../child-csr.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import type { Child, ChildRequest } from '../documents.ts';
import type { WishFault } from '../judge-request.ts';
import type { TaObjects } from '../objects.ts';
import type { KnownChild } from './history.ts';

export const FAMILIES = ['asn', 'ipv4', 'ipv6'] as const;

export const NO_RESOURCES: ResourceSet = { asn: [], ipv4: [], ipv6: [] };

const texts = (ranges: Ranges, family: (typeof FAMILIES)[number]): string[] => {
  const text = family === 'asn' ? asnText(ranges) : ipText(ranges, family);
  return text === '' ? [] : text.split(', ');
};

/** Every family as text, one item each. */
export function resourceTexts(set: Partial<ResourceSet>): string[] {
  return FAMILIES.flatMap((family) => texts(set[family] ?? [], family));
}

function familyReview(family: (typeof FAMILIES)[number], before: Ranges, after: Ranges) {
  return {
    kept: texts(intersection(before, after), family),
    added: texts(difference(after, before), family),
    removed: texts(difference(before, after), family),
  };
}

export interface ChildContext {
  /** `response`: the signer did it already, and the proxy looks at it. */
  of: 'request' | 'response';
  known: KnownChild | undefined;
  objects: TaObjects;
  /** Numbers of the exchanges in which keys were revoked that have no certificate now. */
  revoked: ReadonlyMap<string, string>;
  validUntil: string;
  faults: readonly WishFault[];
}

function wishReview(key: string, wish: ChildRequest, context: ChildContext): ChildReview['wishes'][number] {
  const before = context.objects.issued.get(key);
  const csr = wish.type === 'issuance' ? readChildCsr(wish.csrDer, new Faults()) : null;
  const others = [...(context.known?.keys ?? [])].filter((other) => other !== key);
  const what =
    wish.type === 'revocation'
      ? 'revoke'
      : before !== undefined
        ? 'renew'
        : others.some((other) => context.objects.issued.has(other))
          ? 'rekey'
          : 'new';
  return {
    keyId: key,
    what,
    repository: csr?.caRepository ?? '',
    manifest: csr?.rpkiManifest ?? '',
    notify: csr?.rpkiNotify ?? '',
    limit: wish.type === 'issuance' ? resourceTexts(wish.limit) : [],
    before:
      before === undefined
        ? null
        : { notAfter: new Date(before.notAfter).toISOString(), repository: before.caRepository },
    validUntil: wish.type === 'issuance' ? context.validUntil : null,
    problems: context.faults
      .filter((fault) => fault.key === key)
      .map(({ text, clause }) => ({ text, clause })),
  };
}

export function childReview(child: Child, context: ChildContext): ChildReview {
  const { known } = context;
  const before = known?.resources ?? NO_RESOURCES;
  const [asn, ipv4, ipv6] = FAMILIES.map((family) =>
    familyReview(family, before[family], child.resources[family]),
  );
  const empty = { kept: [], added: [], removed: [] };
  return {
    handle: child.handle,
    known: known !== undefined,
    asn: asn ?? empty,
    ipv4: ipv4 ?? empty,
    ipv6: ipv6 ?? empty,
    wishes: [...child.requests].map(([key, wish]) => wishReview(key, wish, context)),
  };
}

/** Where it would publish and does not yet: held against the certificate it replaces, or else against all the child has. */
function movesOf(wish: ChildReview['wishes'][number], { known, objects }: ChildContext): string[] {
  if (wish.repository === '') return [];
  const own = objects.issued.get(wish.keyId);
  const all = [...(known?.keys ?? [])].flatMap((key) => objects.issued.get(key) ?? []);
  const folder = (uri: string): string => uri.slice(0, uri.lastIndexOf('/') + 1);
  const asked = [wish.repository, folder(wish.manifest), wish.notify];
  const moves = (own === undefined ? all : [own]).map((before) =>
    [before.caRepository, folder(before.rpkiManifest), before.rpkiNotify ?? ''].flatMap((old, at) => {
      const late = asked[at] ?? '';
      return plainForm(late) === plainForm(old)
        ? []
        : [`${late || 'no notification'} instead of ${old || 'no notification'}`];
    }),
  );
  return moves.some((one) => one.length === 0) ? [] : [...new Set(moves.flat())];
}

/** Whether `key` would get other resources than its certificate has: then it asks before it is due, as it must. */
function isOther(key: string, child: Child, { objects }: ChildContext): boolean {
  const [has, wish] = [objects.issued.get(key)?.resources, child.requests.get(key)];
  if (has === undefined || wish?.type !== 'issuance') return false;
  const { limit } = wish;
  return FAMILIES.some((family) => !equalRanges(has[family], limit[family] ?? child.resources[family]));
}

/** What a person should look at twice, in words. */
export function unusualOf(
  review: ChildReview,
  child: Child,
  context: ChildContext,
  now: Date,
  dueBeforeMs: number,
): string[] {
  const { handle, wishes } = review;
  const found: string[] = [];
  const changed = [review.asn, review.ipv4, review.ipv6];
  if (!review.known) {
    // The proxy's own operator has just added it.
    if (context.of === 'request') found.push(`${handle} is a new child: it was in no exchange before.`);
  } else {
    const [more, less] = [changed.flatMap(({ added }) => added), changed.flatMap(({ removed }) => removed)];
    if (more.length > 0) found.push(`${handle} gets more resources: ${listed(more)}.`);
    if (less.length > 0) found.push(`${handle} loses resources: ${listed(less)}.`);
  }
  for (const wish of wishes) {
    const key = shortKey(wish.keyId);
    const gone = wish.what === 'revoke' ? undefined : context.revoked.get(wish.keyId);
    if (gone !== undefined)
      found.push(
        `${handle} asks for key ${key}, which was revoked in exchange ${gone}: its owner may have destroyed it or lost it to somebody.`,
      );
    const elsewhere = movesOf(wish, context);
    if (elsewhere.length > 0)
      found.push(`${handle} would publish at another place: ${elsewhere.join(', ')}.`);
    if (
      wish.what === 'renew' &&
      Date.parse(wish.before?.notAfter ?? '') - dueBeforeMs > now.getTime() &&
      !isOther(wish.keyId, child, context)
    )
      found.push(
        context.of === 'request'
          ? `${handle} asks again for key ${key}, which has a certificate until ${momentText(wish.before?.notAfter ?? '')} that is not due: the proxy may never have used the last response.`
          : `${handle} gets another certificate for key ${key}, though the one until ${momentText(wish.before?.notAfter ?? '')} is not due.`,
      );
  }
  if (certifiedKeys(context).length > 0 && !keepsCertificate(review, context))
    found.push(`${handle} would be left without any certificate.`);
  return found;
}

const certifiedKeys = ({ known, objects }: ChildContext): string[] =>
  [...(known?.keys ?? [])].filter((key) => objects.issued.has(key));

/** Whether any certificate of the child is there once its wishes are done. */
export function keepsCertificate({ wishes }: ChildReview, context: ChildContext): boolean {
  const keys = new Set(certifiedKeys(context));
  for (const { keyId, what } of wishes)
    if (what === 'revoke') keys.delete(keyId);
    else keys.add(keyId);
  return keys.size > 0;
}

/** The first four of them, and how many more. */
export function listed(items: readonly string[]): string {
  return items.length > 4 ? `${items.slice(0, 4).join(', ')} and ${items.length - 4} more` : items.join(', ');
}
