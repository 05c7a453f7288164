/**
 * A request beside what the signer is and what was exchanged before: the verdict, what would change, what would come of it.
 * The judgement is judge-request.ts's; this puts it before a person and decides nothing more than whether it may be signed.
 */
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import { momentText } from '../../lib/moment-text.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Request } from '../documents.ts';
import { hasEnded } from '../inside.ts';
import { judgeRequest, type RequestJudgement } from '../judge-request.ts';
import { standOf } from '../past-outcome.ts';
import type { CertInfo } from '../objects.ts';
import { shortKey } from '../short-key.ts';
import { aheadText, whyDateIsAsked } from '../signer/clock.ts';
import { missingAtReview } from '../signer/missing.ts';
import { weeksLater } from '../signer/publish.ts';
import type { TrustAnchor } from '../signer/trust-anchor.ts';
import { advisoryOf } from './advisory.ts';
import { childReview, keepsCertificate, NO_RESOURCES, unusualOf } from './child-review.ts';
import type { History, SetAside } from './history.ts';
import { type Holding, overlapsOf } from './overlaps.ts';
import { type ClockFaults, isWishFault, verdictOf } from './request-verdict.ts';

export interface ReviewOrder {
  name: string;
  bytes: Uint8Array;
  anchor: TrustAnchor;
  history: History;
  now: Date;
  /** The number it will get. */
  number: bigint;
  /** Why that is not the next one; null: it is. */
  numberReason: string | null;
  /** When the last exchange was, or the signer was made. */
  lastAt: Date;
  /** The exchange that used this nonce before, and what differs from it. */
  earlier: { id: string; number: string; differs: string[] } | null;
  /** The highest number that was used here, where a restore took it away and what was made with it is missing; null: nothing is. */
  missing: bigint | null;
  /** Its nonce was answered, and a restore took that exchange away. */
  lost: boolean;
  /**
   * Its nonce was answered ahead of time, and the signer went on without that exchange, and what differs from the request of it;
   * null: it was not.
   */
  setAside: (SetAside & { differs: readonly string[] }) | null;
  /** It was rejected here before. */
  rejected: { at: string; reason: string } | null;
  /** Which groups of the digest are asked; empty when both halves are on this machine. */
  groups: number[];
  approvers: number;
  keySigner: string;
}

export interface Reviewed {
  view: ExchangeReview;
  /** null when it could not be read. */
  request: Request | null;
  /** It is not right as it is, whatever this machine's clock says and whatever was signed before. */
  wrong: boolean;
}

const WEEK_MS = 7 * 86_400_000;

/** What this machine's clock alone forbids. */
function clockFaults({ now, lastAt }: ReviewOrder, { message }: RequestJudgement): ClockFaults {
  const signedAt = message?.signingTime ?? null;
  return {
    // Manifests count whole seconds (RFC 9286 4.2.1: each later than the one before).
    last:
      Math.floor(now.getTime() / 1000) <= Math.floor(lastAt.getTime() / 1000)
        ? [{ text: aheadText(lastAt, now), clause: 'RFC 9286 4.2.1' }]
        : [],
    request:
      signedAt !== null && now.getTime() < signedAt.getTime()
        ? [
            {
              text: `this machine's clock says ${momentText(now)}, which is before the request was signed (${momentText(signedAt)}): compare it with another clock`,
              clause: 'RFC 6488 2.1.6.4.3',
            },
          ]
        : [],
  };
}

function nonceOf({ earlier }: ReviewOrder, request: Request | null): ExchangeReview['nonce'] {
  return {
    value: request?.nonce ?? '',
    state: earlier === null ? 'new' : earlier.differs.length === 0 ? 'answered' : 'other-content',
    exchange: earlier?.id ?? null,
    number: earlier?.number ?? null,
    differs: earlier?.differs ?? [],
  };
}

/** Children with a certificate that are not in the request, with the end of the one that lasts longest. */
function quietOf({ history, anchor }: ReviewOrder, request: Request): { handle: string; until: string }[] {
  const asking = new Set(request.children.map(({ handle }) => handle));
  return [...history.children].flatMap(([handle, { keys }]) => {
    const ends = [...keys].flatMap((key) => anchor.objects.issued.get(key)?.notAfter ?? []);
    const [until] = ends.toSorted((a, b) => Date.parse(b) - Date.parse(a));
    return until === undefined || asking.has(handle) ? [] : [{ handle, until }];
  });
}

/** What children with a certificate hold that are not in the request. */
function quietHoldings({ history, anchor, now }: ReviewOrder, request: Request | null): Holding[] {
  const asking = new Set(request?.children.map(({ handle }) => handle));
  return [...history.children].flatMap(([handle, { keys, resources }]) =>
    asking.has(handle) || ![...keys].some((key) => isGood(anchor.objects.issued.get(key), now))
      ? []
      : [{ handle, before: resources, after: resources }],
  );
}

const isGood = (info: CertInfo | undefined, now: Date): boolean => info !== undefined && !hasEnded(info, now);

/** Certificates that have ended and that nothing here is asked for: the response takes them away. */
function endedOf({ history, anchor, now }: ReviewOrder, request: Request | null): string[] {
  const asked = new Set(request?.children.flatMap(({ requests }) => [...requests.keys()]));
  return [...anchor.objects.issued].flatMap(([key, info]) =>
    isGood(info, now) || asked.has(key)
      ? []
      : [
          `${history.owners.get(key) ?? 'No child'}: its certificate for key ${shortKey(key)} ended on ${momentText(info.notAfter)} and is taken away: it has to ask for another one.`,
        ],
  );
}

function outcomeOf(order: ReviewOrder, request: Request | null): ExchangeReview['outcome'] {
  const { anchor, now } = order;
  const { objects } = anchor;
  const after = new Set([...objects.issued].filter(([, info]) => isGood(info, now)).map(([key]) => key));
  const stand = standOf(objects, now);
  let revoked = Number(stand.revoked);
  for (const { requests } of request?.children ?? [])
    for (const [key, wish] of requests) {
      if (after.has(key)) revoked += 1;
      if (wish.type === 'issuance') after.add(key);
      else after.delete(key);
    }
  return {
    number: { before: stand.number, after: String(order.number) },
    numberReason: order.numberReason,
    nextUpdate: weeksLater(now, anchor.timing.mftNextUpdateWeeks).toISOString(),
    certificates: { before: stand.certificates, after: String(after.size) },
    revoked: { before: stand.revoked, after: String(revoked) },
    taNotAfter: new Date(anchor.certificate.notAfter).toISOString(),
    key: order.keySigner,
  };
}

/** The request answered last, where that was signed after this one; else null. */
function olderThan({ lastRequest }: History, signedAt: Date | null) {
  return lastRequest !== null && signedAt !== null && signedAt.getTime() < Date.parse(lastRequest.at)
    ? { ...lastRequest, signedAt }
    : null;
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
      issued: anchor.objects.issued,
      nonces: history.nonces,
      ...(order.setAside === null ? {} : { revokedBefore: order.setAside.revoked }),
    },
    now,
  );
  const { request, message } = judgement;
  const clock = clockFaults(order, judgement);
  const faults = [...judgement.faults, ...clock.last, ...clock.request];
  const wishFaults = faults.filter(isWishFault);
  const validUntil = weeksLater(now, anchor.timing.issuedCertificateValidityWeeks).toISOString();
  const reviews = (request?.children ?? []).map((child) => {
    const context = {
      of: 'request' as const,
      known: history.children.get(child.handle),
      objects: anchor.objects,
      revoked: history.revoked,
      validUntil,
      faults: wishFaults.filter((fault) => fault.child === child.handle),
    };
    return { view: childReview(child, context), child, context };
  });
  const dueBefore = anchor.timing.issuedCertificateReissueWeeksBefore * WEEK_MS;
  const nonce = nonceOf(order, request);
  const quiet = request === null ? [] : quietOf(order, request);
  const older = nonce.state === 'new' ? olderThan(history, message?.signingTime ?? null) : null;
  const unusual = [
    ...(order.missing === null ? [] : [missingAtReview(order, order.missing)]),
    ...(order.rejected === null
      ? []
      : [
          `This file was rejected here on ${momentText(order.rejected.at)}, because: ${order.rejected.reason}`,
        ]),
    ...(older === null
      ? []
      : [
          `It is older than the request answered last: signed ${momentText(older.signedAt)}, and response ${older.number} answered one of ${momentText(older.at)}. The proxy must have withdrawn it, or its clock is behind.`,
        ]),
    ...(order.lost
      ? [
          'This signer answered this nonce before, and that response was lost with a restore. Sign again only if the proxy never got it.',
        ]
      : []),
    ...(order.setAside === null
      ? []
      : [
          `This signer answered this nonce before, ${order.setAside.why === 'ahead' ? 'by a clock that was ahead' : 'without a response that it took back since'}: that response is of ${momentText(order.setAside.at)}. Sign again only if the proxy never took it.`,
          ...order.setAside.differs.map((one) => `Other than in the request that was answered: ${one}`),
        ]),
    ...(order.numberReason === null
      ? []
      : [`Its number is chosen: ${order.number}, because: ${order.numberReason}`]),
    ...reviews.flatMap(({ view, child, context }) => unusualOf(view, child, context, now, dueBefore)),
    ...overlapsOf([
      ...reviews.map(({ view, child: { handle, resources }, context }) => ({
        handle,
        before: context.known?.resources ?? NO_RESOURCES,
        after: keepsCertificate(view, context) ? resources : NO_RESOURCES,
      })),
      ...quietHoldings(order, request),
    ]),
    ...endedOf(order, request),
    ...quiet
      .filter(
        ({ until }) => !hasEnded({ notAfter: until }, now) && Date.parse(until) - dueBefore <= now.getTime(),
      )
      .map(
        ({ handle, until }) =>
          `${handle} asks for nothing, and its certificate, good until ${momentText(until)}, is due: it may be there no more.`,
      ),
    // The nonce has its own place in the verdict.
    ...judgement.questions.filter((question) => !question.startsWith('The nonce')),
  ];
  return {
    request,
    wrong:
      request === null ||
      nonce.state === 'other-content' ||
      judgement.faults.some((fault) => message?.untimely.early.includes(fault) !== true),
    view: {
      file: {
        name: order.name,
        size: bytes.length,
        sha256: order.groups.length > 0 ? null : sha256Hex(bytes),
      },
      contentSha256: message === null ? '' : sha256Hex(message.content),
      verdict: verdictOf({
        judgement,
        clock,
        now,
        nonce,
        lost: order.lost || order.setAside !== null,
        missing: order.missing !== null,
        unusual,
        quiet: quiet.map(({ handle }) => handle),
      }),
      faults: faults.filter((fault) => !isWishFault(fault)).map(({ text, clause }) => ({ text, clause })),
      unusual,
      nonce,
      signedAt: message?.signingTime?.toISOString() ?? null,
      goodUntil: message?.notAfter.toISOString() ?? null,
      children: reviews.map(({ view }) => view),
      quietChildren: quiet.length,
      outcome: outcomeOf(order, request),
      advisory: advisoryOf(judgement.file, anchor, now),
      groups: order.groups,
      airGapped: order.groups.length > 0,
      approvers: order.approvers,
      readable: request !== null,
      dateAsked: whyDateIsAsked(now, order.lastAt, message?.signingTime ?? null),
      canSign: faults.length === 0 && nonce.state === 'new' && request !== null,
    },
  };
}
