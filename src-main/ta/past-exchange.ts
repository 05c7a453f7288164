/**
 * An exchange that was signed, years ago perhaps: its review built anew from the two files, both judged again at the instant
 * they were made, and its text as krillta prints it.
 */
import type { ExchangeRow } from '#shared/contract/ta.ts';
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import type { NewExchange, StoredExchange, WholeExchange } from '../store/commands/ta.ts';
import { Faults } from '../rpki/fault.ts';
import { answeredWish } from './answered-wish.ts';
import { judgeResponse } from './judge-response.ts';
import { openDocument, readInto } from './open-exchange.ts';
import { pastOutcome, standOf } from './past-outcome.ts';
import { type Response, readResponse, signingCertificate, unknownBefore } from './response.ts';
import { exchangeContent, historyOf, readFacts, setAsideOf, signedTime } from './review/history.ts';
import { exchangeText } from './review/krill-text.ts';
import { reviewRequest } from './review/review.ts';
import { readSignerInfo } from './signer-info.ts';
import type { HeldSigner } from './signer/held-signer.ts';
import { signerInfoJson } from './signer/trust-anchor.ts';

export function exchangeRow(stored: StoredExchange): ExchangeRow {
  const { nextUpdate, children, how, approvedBy = [] } = readFacts(stored.facts);
  const wishes = children.flatMap((child) => child.wishes);
  const issued = wishes.filter(({ what }) => what === 'issued').length;
  return {
    id: stored.id,
    half: stored.half,
    at: stored.at,
    number: stored.number,
    nonce: stored.nonce,
    issued,
    revoked: wishes.length - issued,
    children: children.map(({ handle }) => handle),
    nextUpdate: new Date(nextUpdate).toISOString(),
    how: stored.half === 'proxy' ? 'taken and published by the proxy' : (how ?? 'signed here'),
    approvedBy,
    requestSha256: stored.requestSha256,
    responseSha256: stored.responseSha256,
  };
}

export interface PastExchange {
  review: ExchangeReview;
  /** Both files hold before the judges, at their time. */
  holds: boolean;
  text: string;
}

/** When the one before it was; null where the signer went on from a clock that stood before it, with a number of its own. */
function lastBefore(exchange: NewExchange, previous: NewExchange): Date | null {
  const [at, last] = [new Date(exchange.at), new Date(previous.at)];
  const skipped = BigInt(exchange.number) > BigInt(previous.number) + 1n;
  return skipped && last.getTime() > at.getTime() ? null : last;
}

/** A review as what was done: nothing in it goes by what is set or signed here since. */
function doneView(
  view: ExchangeReview,
  response: Response | null,
  outcome: Omit<ExchangeReview['outcome'], 'key'>,
): ExchangeReview {
  return {
    ...view,
    // What was worth a second look was so by the times of that day.
    unusual: [],
    children: view.children.map((child) => ({
      ...child,
      wishes: child.wishes.map((wish) => ({
        ...wish,
        ...(response === null ? { validUntil: null } : answeredWish(response, child.handle, wish.keyId)),
      })),
    })),
    outcome: { ...outcome, key: null },
    advisory: view.advisory.map(({ says }) => ({ says, own: null })),
    canSign: false,
  };
}

/** `earlier` are the exchanges of its half before it, `previous` the files of the last of them. */
export function pastExchange(
  held: Pick<HeldSigner, 'anchor' | 'keySigner'>,
  exchange: WholeExchange,
  earlier: readonly StoredExchange[],
  previous: NewExchange | null,
): PastExchange {
  const { request, objects } = exchangeContent(exchange);
  const then = previous === null ? unknownBefore(objects) : exchangeContent(previous).objects;
  const at = new Date(exchange.at);
  const before = previous === null ? null : lastBefore(exchange, previous);
  const ahead = earlier.findLast((one) => one.nonce === exchange.nonce && Date.parse(one.at) > at.getTime());
  // For showing: the first one follows the number of the set-up.
  const anchor = {
    ...held.anchor,
    objects: { ...then, number: previous === null ? objects.number - 1n : then.number },
  };
  const { view } = reviewRequest({
    name: `request of exchange ${exchange.number}`,
    bytes: exchange.request,
    anchor,
    history: historyOf(earlier),
    now: at,
    number: objects.number,
    numberReason: null,
    lastAt: before ?? new Date(0),
    earlier: null,
    lost: false,
    missing: null,
    setAside: ahead === undefined ? null : { ...setAsideOf(ahead, 'ahead'), differs: [] },
    rejected: null,
    groups: [],
    approvers: 1,
    keySigner: held.keySigner,
  });
  const response = readInto(new Faults(), '', () =>
    readResponse(openDocument(exchange.response, 'response').clear),
  );
  const shown = response === null ? null : signingCertificate(response);
  const { faults } = judgeResponse(
    exchange.response,
    {
      signerSpki: held.anchor.identity.spkiDer,
      // A TA certificate made anew since is not the one it was signed with.
      info: {
        ...readSignerInfo(signerInfoJson(held.anchor)),
        ...(shown === null ? {} : { taCertificateDer: shown }),
        talRsync: null,
      },
      previous: then,
      request,
    },
    at,
  );
  const facts = readFacts(exchange.facts);
  const stand = facts.before ?? standOf(anchor.objects, at);
  const made = {
    ...pastOutcome(objects, stand, { shown, present: held.anchor.certificate }, at),
    numberReason: facts.numberReason ?? null,
  };
  return {
    review: { ...doneView(view, response, made), faults: [...view.faults, ...faults] },
    holds: view.faults.length === 0 && faults.length === 0,
    text: exchangeText(signedTime(exchange), request, objects),
  };
}
