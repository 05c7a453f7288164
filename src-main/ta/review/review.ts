/**
 * A request beside what the signer is and what was exchanged before: the verdict, what would change, what would come of it.
 * The judgement is judge-request.ts's; this puts it before a person and decides nothing more than whether it may be signed.
 */
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Fault } from '../../rpki/fault.ts';
import type { Request } from '../documents.ts';
import { judgeRequest, type RequestJudgement, type WishFault } from '../judge-request.ts';
import { weeksLater } from '../signer/publish.ts';
import type { TrustAnchor } from '../signer/trust-anchor.ts';
import { advisoryOf } from './advisory.ts';
import { childReview, unusualOf } from './child-review.ts';
import type { History } from './history.ts';

export interface ReviewOrder {
  name: string;
  bytes: Uint8Array;
  anchor: TrustAnchor;
  history: History;
  now: Date;
  /** The number it will get. */
  number: bigint;
  /** When the last exchange was, or the signer was made. */
  lastAt: Date;
  /** The exchange that used this nonce before, and what differs from it. */
  earlier: { id: string; differs: string[] } | null;
  /** Its nonce was answered, and a restore took that exchange away. */
  lost: boolean;
  /** Which groups of the digest are asked; empty when both halves are on this machine. */
  groups: number[];
  approvers: number;
  keySigner: string;
}

export interface Reviewed {
  view: ExchangeReview;
  /** null when it could not be read. */
  request: Request | null;
}

const isWishFault = (fault: Fault): fault is WishFault => 'key' in fault;
const WEEK_MS = 7 * 86_400_000;

/** What this machine's clock alone forbids. */
function clockFaults({ now, lastAt }: ReviewOrder, { message }: RequestJudgement): Fault[] {
  const faults: Fault[] = [];
  // Manifests count whole seconds (RFC 9286 4.2.1: each later than the one before).
  if (Math.floor(now.getTime() / 1000) <= Math.floor(lastAt.getTime() / 1000))
    faults.push({
      text: `this machine's clock says ${now.toISOString()}, which is not after the last exchange (${lastAt.toISOString()}): set the clock first`,
      clause: 'krill-ta 16',
    });
  const signedAt = message?.signingTime ?? null;
  if (signedAt !== null && now.getTime() < signedAt.getTime())
    faults.push({
      text: `this machine's clock says ${now.toISOString()}, which is before the request was signed (${signedAt.toISOString()}): set the clock first`,
      clause: 'krill-ta 16',
    });
  return faults;
}

function nonceOf({ earlier }: ReviewOrder, request: Request | null): ExchangeReview['nonce'] {
  return {
    value: request?.nonce ?? '',
    state: earlier === null ? 'new' : earlier.differs.length === 0 ? 'answered' : 'other-content',
    exchange: earlier?.id ?? null,
    differs: earlier?.differs ?? [],
  };
}

function verdictOf(
  judgement: RequestJudgement,
  clock: readonly Fault[],
  nonce: ExchangeReview['nonce'],
  unusual: readonly string[],
): ExchangeReview['verdict'] {
  const { faults } = judgement;
  const { request, message } = judgement;
  const wishes = request?.children.reduce((sum, child) => sum + child.requests.size, 0) ?? 0;
  const bad = new Set(faults.filter(isWishFault).map(({ child, key }) => `${child} ${key}`)).size;
  const wrapping = faults.filter((fault) => !isWishFault(fault));
  const checks = [
    { ok: wrapping.length === 0, text: 'signature, CRL and clear text agree' },
    ...(message?.signingTime
      ? [
          {
            ok: true,
            text: `made ${message.signingTime.toISOString().slice(0, 16).replace('T', ' ')} Z, good until ${message.notAfter.toISOString().slice(0, 10)}`,
          },
        ]
      : []),
    {
      ok: nonce.state === 'new',
      text: nonce.state === 'new' ? 'nonce not seen before' : 'its nonce was answered before',
    },
    {
      ok: request === null ? null : bad === 0,
      text:
        wishes === 0
          ? 'no child asks for anything: CRL and manifest are renewed'
          : bad === 0
            ? wishes === 1
              ? 'the one wish can be signed'
              : `all ${wishes} wishes can be signed`
            : `${bad} of ${wishes} wishes cannot be signed`,
    },
  ];
  if (wrapping.length > 0)
    return {
      severity: 'bad',
      title: 'Do not sign: this is not a request of the enrolled proxy as it made it',
      checks,
    };
  if (bad > 0)
    return {
      severity: 'bad',
      title: `Signed by the enrolled proxy, but ${bad === 1 ? 'one wish makes' : `${bad} wishes make`} the whole of it fail`,
      checks,
    };
  if (nonce.state === 'answered')
    return { severity: 'careful', title: 'This request was answered before; its response is kept', checks };
  if (nonce.state === 'other-content')
    return { severity: 'bad', title: 'Stop: another request with this nonce was answered before', checks };
  if (clock.length > 0) return { severity: 'bad', title: 'Stop: the clock of this machine is wrong', checks };
  if (unusual.length > 0)
    return {
      severity: 'careful',
      title: `Signed by the enrolled proxy; ${unusual.length === 1 ? 'one thing is' : `${unusual.length} things are`} unusual`,
      checks,
    };
  return { severity: 'good', title: 'Signed by the enrolled proxy, and nothing in it is unusual', checks };
}

function outcomeOf(order: ReviewOrder, request: Request | null): ExchangeReview['outcome'] {
  const { anchor, now } = order;
  const { objects } = anchor;
  const after = new Set(objects.issued.keys());
  let revoked = objects.revocations.filter(({ expires }) => Date.parse(expires) > now.getTime()).length;
  const before = revoked;
  for (const { requests } of request?.children ?? [])
    for (const [key, wish] of requests) {
      if (after.has(key)) revoked += 1;
      if (wish.type === 'issuance') after.add(key);
      else after.delete(key);
    }
  return {
    number: { before: String(objects.number), after: String(order.number) },
    nextUpdate: weeksLater(now, anchor.timing.mftNextUpdateWeeks).toISOString(),
    certificates: { before: String(objects.issued.size), after: String(after.size) },
    revoked: { before: String(before), after: String(revoked) },
    taNotAfter: new Date(anchor.certificate.notAfter).toISOString(),
    key: order.keySigner,
  };
}

/** Reviews the bytes of a request. Never throws for what it is given. */
export function reviewRequest(order: ReviewOrder): Reviewed {
  const { bytes, anchor, history, now } = order;
  const judgement = judgeRequest(
    bytes,
    {
      proxySpki: anchor.proxy.spkiDer,
      taKeyId: anchor.objects.keyId,
      taResources: anchor.certificate.resources,
      baseUri: anchor.objects.baseUri,
      owners: history.owners,
      nonces: history.nonces,
    },
    now,
  );
  const { request, message } = judgement;
  const clock = clockFaults(order, judgement);
  const faults = [...judgement.faults, ...clock];
  const wishFaults = faults.filter(isWishFault);
  const validUntil = weeksLater(now, anchor.timing.issuedCertificateValidityWeeks).toISOString();
  const reviews = (request?.children ?? []).map((child) => {
    const context = {
      known: history.children.get(child.handle),
      objects: anchor.objects,
      validUntil,
      faults: wishFaults.filter((fault) => fault.child === child.handle),
    };
    return { view: childReview(child, context), child, context };
  });
  const dueBefore = anchor.timing.issuedCertificateReissueWeeksBefore * WEEK_MS;
  const nonce = nonceOf(order, request);
  const unusual = [
    ...(order.lost
      ? [
          'This signer answered this nonce before, and that response was lost with a restore. Sign again only if the proxy never got it.',
        ]
      : []),
    ...reviews.flatMap(({ view, child, context }) => unusualOf(view, child, context, now, dueBefore)),
    // The nonce has its own place in the verdict.
    ...judgement.questions.filter((question) => !question.startsWith('The nonce')),
  ];
  const asking = new Set(reviews.map(({ view }) => view.handle));
  return {
    request,
    view: {
      file: { name: order.name, size: bytes.length, sha256: sha256Hex(bytes) },
      contentSha256: message === null ? '' : sha256Hex(message.content),
      verdict: verdictOf(judgement, clock, nonce, unusual),
      faults: faults.filter((fault) => !isWishFault(fault)).map(({ text, clause }) => ({ text, clause })),
      unusual,
      nonce,
      signedAt: message?.signingTime?.toISOString() ?? null,
      goodUntil: message?.notAfter.toISOString() ?? null,
      children: reviews.map(({ view }) => view),
      quietChildren: [...history.children].filter(
        ([handle, { keys }]) => keys.size > 0 && !asking.has(handle),
      ).length,
      outcome: outcomeOf(order, request),
      advisory: advisoryOf(bytes, anchor, now),
      groups: order.groups,
      airGapped: order.groups.length > 0,
      approvers: order.approvers,
      canSign: faults.length === 0 && nonce.state === 'new' && request !== null,
    },
  };
}
