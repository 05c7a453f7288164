/**
 * The request of a proxy to its signer (krill-ta.md 4.6, 5.6): made, made anew on purpose, withdrawn. The open one is kept as
 * the file it is, so that everybody who is shown it sees the same octets.
 */
import { randomUUID } from 'node:crypto';
import { BLOB_LIMITS } from '#shared/contract/blob.ts';
import { AppError } from '../../lib/app-error.ts';
import { momentText } from '../../lib/moment-text.ts';
import { shortKey } from '../short-key.ts';
import type { Child, Request } from '../documents.ts';
import { requestOf } from '../documents.ts';
import { openDocument } from '../open-exchange.ts';
import { differences } from '../review/differences.ts';
import { signedFile } from '../signed-file.ts';
import type { MessageSigning } from '../signer/signing.ts';
import { resourcesJson } from '../objects.ts';
import type { OpenRequest, ProxyState } from './proxy-state.ts';
import { advisoryMembers, childRequestJson, requestJson } from './request-json.ts';
import { unownedWishes } from './unowned.ts';
import { askedKeys } from './withdrawn.ts';

const DAY_MS = 86_400_000;

/** What every child wants now, and what is asked for keys of none; children without a wish are left out. */
export function wishesOf(state: ProxyState): Child[] {
  const asking = [...state.children.values()]
    .filter(({ openRequests }) => openRequests.size > 0)
    .map(({ handle, resources, openRequests }) => ({ handle, resources, requests: openRequests }));
  return [...asking, ...[unownedWishes(state)].filter((one) => one !== null)];
}

/** The same, a sentence each: what the next request holds even when nobody is asked. */
export function wishTexts(state: ProxyState): string[] {
  const issued = state.signer?.objects.issued;
  return wishesOf(state).flatMap(({ handle, requests }) =>
    [...requests].map(([key, { type }]) => {
      const child = state.children.get(handle);
      // The operator's own wishes.
      if (child === undefined) return `key ${shortKey(key)}, which no child here has, is to be revoked`;
      if (child.leaving) return `${handle} is being removed: its key ${shortKey(key)} is to be revoked`;
      const what =
        type === 'revocation'
          ? 'the revocation of'
          : issued?.has(key) === true
            ? 'another certificate for'
            : 'a certificate for';
      return `${handle} asked for ${what} key ${shortKey(key)}`;
    }),
  );
}

/** What the open request says, as its file has it. */
export function openContent({ file }: OpenRequest): Request {
  return requestOf(openDocument(file, 'request').clear);
}

/** What children want otherwise by now than the open request says, as sentences; empty: it is up to date. */
export function outdated(state: ProxyState): string[] {
  return state.open === null
    ? []
    : differences(openContent(state.open), { nonce: state.open.nonce, children: wishesOf(state) });
}

/** No signer reads it: the child that makes it so is named. */
export function tooLarge({ children }: Request, octets: number): AppError {
  const sizes = children.map((child) => ({
    handle: child.handle,
    length: JSON.stringify(resourcesJson(child.resources)).length + limitsLength(child),
  }));
  const [largest] = sizes.toSorted((a, b) => b.length - a.length);
  return new AppError(
    'TOO_LARGE',
    `The request would have ${Math.ceil(octets / 1_048_576)} MiB, and the signer reads ${BLOB_LIMITS.transfer / 1_048_576}: ${largest?.handle ?? 'one child'} asks for the most, with resources in very many pieces. Give it fewer and wider ones, or remove it, and make the request again.`,
  );
}

const limitsLength = ({ requests }: Child): number =>
  [...requests.values()].reduce((sum, wish) => sum + JSON.stringify(childRequestJson(wish)).length, 0);

async function signed(state: ProxyState, request: Request, signing: MessageSigning, now: Date) {
  const days = state.timing.signedMessageValidityDays;
  const file = await signedFile(
    'request',
    requestJson(request),
    signing,
    { now, days },
    advisoryMembers(state),
  );
  if (file.length > BLOB_LIMITS.transfer) throw tooLarge(request, file.length);
  return {
    nonce: request.nonce,
    madeAt: now.toISOString(),
    goodUntil: new Date(now.getTime() + days * DAY_MS).toISOString(),
    file,
  };
}

/** Throws AppError NOT_ALLOWED_NOW while there is no signer, no repository, or a request is open. */
export async function makeRequest(
  state: ProxyState,
  signing: MessageSigning,
  now: Date,
): Promise<ProxyState> {
  if (state.signer === null || state.repository === null)
    throw new AppError('NOT_ALLOWED_NOW', 'Associate a signer first: nobody could answer a request yet.');
  if (state.open !== null)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      `The trust anchor proxy already has a signer request: ${state.open.nonce}, made ${momentText(state.open.madeAt)}. Process its response, or cancel it.`,
    );
  const request = { nonce: randomUUID(), children: wishesOf(state) };
  return { ...state, open: await signed(state, request, signing, now) };
}

/**
 * Signs the open request anew: the same wishes keep their nonce and get new days; other wishes are another request, so the
 * old nonce is withdrawn and a response to it will be refused. Throws AppError NOT_ALLOWED_NOW.
 */
export async function refreshRequest(
  state: ProxyState,
  signing: MessageSigning,
  now: Date,
): Promise<ProxyState> {
  const { open } = state;
  if (open === null) throw noneOpen();
  if (outdated(state).length === 0)
    return { ...state, open: await signed(state, openContent(open), signing, now) };
  return makeRequest(cancelRequest(state, now), signing, now);
}

/** Throws AppError NOT_ALLOWED_NOW. */
export function cancelRequest(state: ProxyState, now: Date): ProxyState {
  const { open } = state;
  if (open === null) throw noneOpen();
  const { nonce, goodUntil } = open;
  const asked = askedKeys(openContent(open));
  return {
    ...state,
    open: null,
    cancelled: [...state.cancelled, { nonce, at: now.toISOString(), goodUntil, asked }],
  };
}

export function noneOpen(): AppError {
  return new AppError('NOT_ALLOWED_NOW', 'The trust anchor proxy has no signer request. Make one first.');
}
