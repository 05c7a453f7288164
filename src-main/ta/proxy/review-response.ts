/**
 * A response before it is published, for the proxy's operator: the verdict of the judges, what each child gets, what would
 * change in the repository. It changes nothing.
 */
import { shortKey } from '../short-key.ts';
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import { momentText } from '../../lib/moment-text.ts';
import { equalBytes, sha256Hex } from '../../lib/bytes.ts';
import { AppError } from '../../lib/app-error.ts';
import { Faults } from '../../rpki/fault.ts';
import type { ProxyKnowledge } from '../judge-answers.ts';
import type { Request } from '../documents.ts';
import { hasEnded, second } from '../inside.ts';
import { judgeResponse } from '../judge-response.ts';
import type { CertInfo, TaObjects } from '../objects.ts';
import { openDocument, readInto } from '../open-exchange.ts';
import type { Response } from '../response.ts';
import { resourceTexts } from '../review/child-review.ts';
import { type History, historyOf } from '../review/history.ts';
import { readSignerInfo } from '../signer-info.ts';
import { timingSeen } from './compare-timing.ts';
import type { HeldProxy } from './held-proxy.ts';
import { noneOpen, openContent } from './make-request.ts';
import { associatedJson } from './proxy-text.ts';
import { type AssociatedSigner, numberShown, type ProxyState } from './proxy-state.ts';
import { adviceOf, futureOf, isForgetful } from './response-advice.ts';
import { answersOf, childrenOf, countsOf } from './response-children.ts';
import { verdictOf } from './response-verdict.ts';
import { ownersIn } from './signer-changes.ts';

type Knowing = Pick<HeldProxy, 'state' | 'past' | 'highest' | 'nonceTaken'>;

export interface ReviewedResponse {
  view: ResponseReview;
  /** null when it cannot be read. */
  response: Response | null;
  /** It is not right as it is: not one that was taken already, and not one of the future that is right otherwise. */
  wrong: boolean;
}

interface Story {
  says: string;
  taken: boolean;
}

const isWrong = (canPublish: boolean, future: Date | null, story: Story | null): boolean =>
  !canPublish && future === null && story?.taken !== true;

const noneOpenFor = (story: Story | null): AppError =>
  story === null
    ? noneOpen()
    : new AppError(
        story.taken ? 'NOT_ALLOWED_NOW' : 'INVALID_INPUT',
        `This response ${story.says}. Nothing was changed.`,
      );

/** What is known of the nonce already: withdrawn or taken, with its date; null: nothing. */
async function nonceStory(
  { state, past, nonceTaken }: Knowing,
  nonce: string | undefined,
): Promise<Story | null> {
  if (nonce === undefined) return null;
  const gone = state.cancelled.find((one) => one.nonce === nonce);
  const taken = past.find((one) => one.nonce === nonce);
  if (gone !== undefined)
    return {
      taken: false,
      says: `answers the request ${nonce}, which was withdrawn on ${momentText(gone.at)}; the signer signed it all the same, so take its signer-info.json over before the next request`,
    };
  if (taken !== undefined)
    return { taken: true, says: `was already processed on ${momentText(taken.at)} (nonce ${nonce})` };
  return (await nonceTaken(nonce))
    ? {
        taken: true,
        says: `was already processed (nonce ${nonce}), before this workspace was restored from a backup`,
      }
    : null;
}

function filesOf({ crl, manifest, issued }: TaObjects): Map<string, string> {
  return new Map([
    [crl.name, sha256Hex(crl.der)],
    [manifest.name, sha256Hex(manifest.der)],
    ...[...issued].map(([key, { der }]): [string, string] => [`${key}.cer`, sha256Hex(der)]),
  ]);
}

function changesOf(before: TaObjects, after: TaObjects | undefined): ResponseReview['objects'] {
  const [old, late] = [filesOf(before), after === undefined ? new Map<string, string>() : filesOf(after)];
  const names = [...late.keys()];
  return {
    added: names.filter((name) => !old.has(name)),
    replaced: names.filter((name) => old.has(name) && old.get(name) !== late.get(name)),
    withdrawn: after === undefined ? [] : [...old.keys()].filter((name) => !late.has(name)),
    unchanged: names.filter((name) => old.get(name) === late.get(name)).length,
  };
}

/** It was there, and has not ended: then it is missed. */
const isLasting = (info: CertInfo | undefined, now: Date): boolean =>
  info !== undefined && !hasEnded(info, now);

/** Certificates nobody asked for with this request. */
function unaskedOf(state: ProxyState & { signer: AssociatedSigner }, response: Response): string[] {
  const owners = ownersIn(state);
  const answered = new Set([...response.answers.values()].flatMap((keys) => [...keys.keys()]));
  return [...response.objects.issued].flatMap(([key, info]) => {
    const before = state.signer.objects.issued.get(key);
    const owner = owners.get(key);
    if (owner === undefined)
      return [
        `There is a certificate for key ${shortKey(key)}, which no child here has: it was issued with a response that was never taken. Revoke it on the trust anchor's page, or let its child ask again.`,
      ];
    if (answered.has(key) || (before !== undefined && equalBytes(before.der, info.der))) return [];
    const what = `${resourceTexts(info.resources).join(', ')} at ${info.caRepository}`;
    return [
      before === undefined
        ? `${owner}: there is a certificate for key ${shortKey(key)}, which was not asked for: ${what}.`
        : `${owner}: key ${shortKey(key)} has another certificate than before, and nobody asked for that: ${what}.`,
    ];
  });
}

/** Certificates that have ended: krillta keeps them, Baleen's signer takes them away. */
function endedOf(
  state: ProxyState & { signer: AssociatedSigner },
  { objects, answers }: Response,
  now: Date,
): string[] {
  const owners = ownersIn(state);
  const answered = new Set([...answers.values()].flatMap((keys) => [...keys.keys()]));
  const all = new Map([...state.signer.objects.issued, ...objects.issued]);
  return [...all].flatMap(([key, info]) => {
    if (!hasEnded(info, now) || answered.has(key)) return [];
    const what = `${owners.get(key) ?? 'No child here'}: the certificate of key ${shortKey(key)} ended on ${momentText(info.notAfter)}`;
    return objects.issued.has(key)
      ? `${what} and still stands among what is published: nobody can use it. Let its child ask for another one, or revoke its key.`
      : `${what} and is taken away: its child has nothing for that key until it asks again.`;
  });
}

/** Right, but worth a second look. */
function unusualOf(
  state: ProxyState & { signer: AssociatedSigner },
  response: Response,
  now: Date,
): string[] {
  const { objects } = response;
  const found: string[] = [];
  const skipped = objects.number - numberShown(state) - 1n;
  if (skipped > 0n)
    found.push(
      `The signer skipped ${skipped} ${skipped === 1n ? 'number' : 'numbers'}: it signed something that was never published here, or chose its number.`,
    );
  if (second(objects.thisUpdate) === second(state.signer.objects.thisUpdate))
    found.push(
      'It was made within the same second as the last one: relying parties that have seen the last one may not take it.',
    );
  const end = state.signer.certificate.notAfter;
  const late = [...objects.issued].filter(([, { notAfter }]) => Date.parse(notAfter) > Date.parse(end));
  if (late.length > 0)
    found.push(
      `${late.length === 1 ? 'One certificate ends' : `${late.length} certificates end`} after the TA certificate, which ends on ${momentText(end)}: have it reissued in time, or nothing holds after that day.`,
    );
  found.push(...unaskedOf(state, response), ...endedOf(state, response, now));
  for (const { handle, usedKeys } of state.children.values())
    for (const [key, use] of usedKeys)
      if (
        use === 'in-use' &&
        !objects.issued.has(key) &&
        isLasting(state.signer.objects.issued.get(key), now) &&
        response.answers.get(handle)?.get(key)?.type !== 'revocation'
      )
        found.push(`${handle}: the certificate of key ${shortKey(key)} is gone, and nobody asked for that.`);
  return found;
}

/** Relying parties have seen a higher number from before a restore. */
const restoredFaults = (response: Response | null, signer: AssociatedSigner, highest: bigint) =>
  response !== null && response.objects.number <= highest && highest > signer.objects.number
    ? [
        {
          text: `its number ${response.objects.number} is not above ${highest}, which was published before this workspace was restored`,
          clause: 'RFC 9286 4.2.1',
        },
      ]
    : [];

/** Beside another request's answer everything would be unusual, and nothing would follow from it. */
const NOT_ANSWERED: Answered = { children: [], answers: [], unusual: [] };
type Answered = Pick<ResponseReview, 'children' | 'answers' | 'unusual'>;

function answeredOf(
  state: ProxyState & { signer: AssociatedSigner },
  request: Request,
  response: Response,
  history: History,
  now: Date,
): Answered {
  const { children, unusual } = childrenOf({ state, request, response, history, now });
  return {
    children,
    answers: answersOf(request, response),
    unusual: [...unusualOf(state, response, now), ...unusual],
  };
}

/** As it stands in the file; undefined when there is none. */
function nonceOf(bytes: Uint8Array): string | undefined {
  const clear = readInto(new Faults(), '', () => openDocument(bytes, 'response').clear);
  const nonce = clear instanceof Map ? clear.get('nonce') : undefined;
  return typeof nonce === 'string' ? nonce : undefined;
}

/**
 * Reviews the bytes of a response at `now`. Throws AppError: nothing is open
 * (NOT_ALLOWED_NOW), or that and it answers a request that was withdrawn (INVALID_INPUT).
 */
export async function reviewResponse(
  knowing: Knowing,
  file: { name: string; bytes: Uint8Array },
  now: Date,
): Promise<ReviewedResponse> {
  const { state, highest } = knowing;
  const { signer, open } = state;
  if (signer === null || open === null) throw noneOpenFor(await nonceStory(knowing, nonceOf(file.bytes)));
  const request = openContent(open);
  const knowledge: ProxyKnowledge = {
    signerSpki: signer.identity.spkiDer,
    info: readSignerInfo(associatedJson(signer)),
    previous: signer.objects,
    request,
  };
  const judged = judgeResponse(file.bytes, knowledge, now);
  const { opened } = judged;
  // What stands beside a message that cannot be opened says nothing.
  const response = (opened?.message ?? null) === null ? null : judged.response;
  const story = await nonceStory(knowing, response?.nonce);
  const faults = [
    ...(story === null ? [] : [{ text: `it ${story.says}`, clause: 'Krill’s exchange format' }]),
    ...restoredFaults(response, signer, highest),
    ...judged.faults,
  ];
  const message = opened?.message ?? null;
  const future = futureOf(file.bytes, knowledge, message);
  const canPublish = faults.length === 0 && response !== null;
  const answersOpen = response !== null && response.nonce === open.nonce;
  const answered = answersOpen
    ? answeredOf({ ...state, signer }, request, response, historyOf(knowing.past), now)
    : NOT_ANSWERED;
  const unusual = answersOpen ? [...judged.questions, ...judged.failures, ...answered.unusual] : [];
  return {
    response,
    wrong: isWrong(canPublish, future, story),
    view: {
      file: { name: file.name, size: file.bytes.length, sha256: sha256Hex(file.bytes) },
      verdict: verdictOf(
        faults,
        unusual,
        opened,
        { open: open.nonce, answered: response?.nonce ?? null },
        story?.says ?? null,
        future,
      ),
      faults: faults.map(({ text, clause }) => ({ text, clause })),
      unusual,
      nonce: response?.nonce ?? '',
      signedAt: message?.signingTime?.toISOString() ?? null,
      goodUntil: message?.notAfter.toISOString() ?? null,
      number: {
        before: String(signer.objects.number),
        after: response === null ? '' : String(response.objects.number),
      },
      nextUpdate: response === null ? null : new Date(response.objects.nextUpdate).toISOString(),
      answersOpen,
      children: answered.children,
      answers: answered.answers,
      ...countsOf(signer.objects, response?.objects, now),
      objects: changesOf(signer.objects, response?.objects),
      timing: response === null ? [] : timingSeen(state.timing, { response, message, signer }),
      canPublish,
      advice: adviceOf(canPublish, future, answersOpen && isForgetful(judged.faults)),
    },
  };
}
