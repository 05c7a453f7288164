/**
 * A response file judged before it is published (krill-ta.md 6.10, 16): the message, the clear text, every object by the
 * validator, the manifest against what is there, every answer against what was asked. It changes nothing.
 */
import { momentText } from '../lib/moment-text.ts';
import type { JsonValue } from '../lib/json-reader.ts';
import { type Fault, Faults } from '../rpki/fault.ts';
import { judgeObject } from '../rpki/judge.ts';
import { resourceCertificate } from '../rpki/resource-certificate.ts';
import { keyId } from '../x509/public-key.ts';
import { requireSaidInside, whileItLasts } from './inside.ts';
import { judgeAnswers, type ProxyKnowledge, type ResponseKnowledge } from './judge-answers.ts';
import { judgeChange } from './judge-change.ts';
import { judgePublished } from './judge-published.ts';
import { openExchange, type OpenedExchange, readInto } from './open-exchange.ts';
import { readResponse, type Response } from './response.ts';

export interface ResponseJudgement {
  /** What it says; null when it cannot be read, which is a fault. */
  response: Response | null;
  faults: Fault[];
  /** Nothing is wrong, but a person must decide. */
  questions: string[];
  /** What nobody needs to decide about, and whoever publishes is told: wishes that were answered with an error. */
  failures: string[];
}

/** Judges one object by the validator, as published under the trust anchor. */
function judge(what: string, der: Uint8Array, state: ResponseKnowledge, at: Date, faults: Faults): void {
  const { faults: found } = judgeObject(der, { issuerDer: state.info.taCertificateDer, anchor: false, at });
  // A manifest ends with the certificate in it: that is told once.
  const texts = new Map(found.toReversed().map(({ text, clause }) => [text, clause]));
  for (const [text, clause] of [...texts].toReversed()) faults.check(false, `${what}: ${text}`, clause);
}

/**
 * Every certificate that is published, and what stands beside it. krillta keeps those that have ended, which nobody can use: they are
 * judged as of their end, unless this response answers with one.
 */
function judgeIssued(
  { objects, answers }: Response,
  state: ResponseKnowledge,
  at: Date,
  faults: Faults,
): void {
  const { baseUri, taKeyId } = state.info;
  const fresh = new Set(
    [...answers.values()].flatMap((own) =>
      [...own].filter(([, { type }]) => type === 'issuance').map(([key]) => key),
    ),
  );
  for (const [key, info] of objects.issued) {
    faults.check(keyId(info.spkiDer) === key, `${key}: the certificate is for another key`, 'RFC 6487 4.8.2');
    readInto(faults, 'The response', () =>
      requireSaidInside(info, 'authority', `response.objects.issued.${key}`),
    );
    faults.check(
      info.uri === `${baseUri}${key}.cer`,
      `${key}: it is published under another name`,
      'RFC 6481 2.2',
    );
    faults.read('RFC 6487 4.8.6', () =>
      faults.check(
        resourceCertificate(info.der, 'authority', new Faults()).crlUris.join('\n') ===
          `${baseUri}${taKeyId}.crl`,
        `${key}: its certificate names another CRL than that of the trust anchor`,
        'RFC 6487 4.8.6',
      ),
    );
    judge(`The certificate ${key}`, info.der, state, fresh.has(key) ? at : whileItLasts(info, at), faults);
  }
}

function judgeContent(
  response: Response,
  state: ResponseKnowledge,
  at: Date,
  faults: Faults,
  { questions, failures }: Pick<ResponseJudgement, 'questions' | 'failures'>,
): void {
  const { nonce, objects } = response;
  const { info, previous, request } = state;
  if (request !== null)
    faults.check(
      nonce === request.nonce,
      `it answers the request ${nonce}, and open is ${request.nonce}`,
      'Krill’s exchange format',
    );
  faults.check(
    objects.number > previous.number,
    `the number ${objects.number} is not above the last one, ${previous.number}`,
    'RFC 9286 4.2.1',
  );
  const early = Date.parse(previous.thisUpdate) > at.getTime();
  faults.check(
    // Krill takes the next one within the same second; whoever publishes is told (review-response.ts). One of the future was
    // validated by nobody whose clock is right, so that what is made now may be before it (RFC 9286 4.2.1, 6.3).
    early || Date.parse(objects.thisUpdate) > Date.parse(previous.thisUpdate),
    'it is not later than the last response',
    'RFC 9286 4.2.1',
  );
  if (early)
    questions.push(
      `The last response was made by a clock that was ahead: it is of ${momentText(previous.thisUpdate)}. Relying parties whose clocks are right have not taken it, and will take this one.`,
    );
  faults.check(objects.keyId === info.taKeyId, 'it is of another trust anchor key', 'RFC 8630 2.3');
  faults.check(objects.baseUri === info.baseUri, 'it is published in another place', 'RFC 6481 2.2');
  judge('The CRL', objects.crl.der, state, at, faults);
  judge('The manifest', objects.manifest.der, state, at, faults);
  judgeIssued(response, state, at, faults);
  const revoked = judgePublished(
    { ...objects, keyId: info.taKeyId, anchorDer: info.taCertificateDer },
    faults,
  );
  const fulfilled =
    request === null
      ? new Set([...response.answers.values()].flatMap((own) => [...own.keys()]))
      : judgeAnswers(response, { info, request }, at, faults, failures);
  const next = objects.number <= previous.number + 1n;
  judgeChange({ before: previous, after: objects, revoked, fulfilled, next }, at, faults);
}

/** Judges what a response says, whoever signed it. Never throws for what it is given. */
export function judgeResponseContent(
  clear: JsonValue,
  state: ResponseKnowledge,
  at: Date,
): ResponseJudgement {
  const faults = new Faults();
  const told = { questions: [], failures: [] };
  const response = readInto(faults, 'The response', () => readResponse(clear));
  if (response !== null) faults.read('RFC 6487', () => judgeContent(response, state, at, faults, told));
  return { response, faults: faults.found, ...told };
}

/** Judges the bytes of a response file at the instant `at`. Never throws for what it is given. */
export function judgeResponse(
  bytes: Uint8Array,
  state: ProxyKnowledge,
  at: Date,
): ResponseJudgement & { opened: OpenedExchange | null } {
  const faults = new Faults();
  const opened = openExchange(bytes, 'response', state.signerSpki, at, faults);
  // SECURITY: what the associated signer did not sign is told by its envelope alone.
  if (opened === null || opened.message?.genuine === false)
    return { opened, response: null, faults: faults.found, questions: [], failures: [] };
  const content = judgeResponseContent(opened.said, state, at);
  return { ...content, opened, faults: [...faults.found, ...content.faults] };
}
