/**
 * What past exchanges tell about the children: their resources, their keys and who holds which. Made from the facts that
 * are kept of each exchange; the facts are made here as well.
 */
import { JsonError, type JsonValue } from '../../lib/json-reader.ts';
import { asObject } from '../../lib/json-shape.ts';
import { asnText, ipText, readAsn, readIp } from '../../rpki/resource-text.ts';
import { Faults } from '../../rpki/fault.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import { readSignedObject } from '../../rpki/signed-object.ts';
import type { Half } from '../../store/commands/ta.ts';
import { requestOf, type Request } from '../documents.ts';
import { readObjects } from '../objects.ts';
import { openDocument } from '../open-exchange.ts';
import type { Stand } from '../past-outcome.ts';

/** Kept of each exchange as JSON, so that lists and reviews need not open its files. */
export interface ExchangeFacts {
  nextUpdate: string;
  /** When it was signed, with all the digits that krillta gave it; missing: as the exchange itself says. */
  at?: string;
  /** When its request was signed, by the proxy's clock; missing in older ones. */
  requestAt?: string;
  /** Who signed it and who approved it, after "It was …"; missing in older ones. */
  how?: string;
  /** Names of those who approved it; missing where none were asked. */
  approvedBy?: string[];
  /** What there was when it was signed or taken, as its review showed it; missing in older ones. */
  before?: Stand;
  /** Why its number is not the next one; missing where it is, and in older ones. */
  numberReason?: string;
  children: {
    handle: string;
    resources: Record<'asn' | 'ipv4' | 'ipv6', string>;
    wishes: { key: string; what: 'issued' | 'revoked' }[];
  }[];
}

export interface KnownChild {
  resources: ResourceSet;
  /** Keys with a certificate. */
  keys: Set<string>;
}

export interface History {
  children: Map<string, KnownChild>;
  /** Child by key identifier. */
  owners: Map<string, string>;
  nonces: Set<string>;
  /** Keys that were revoked and have had no certificate since, with the number of the response. */
  revoked: Map<string, string>;
  /** The youngest request that was answered; null: of none it is known when it was signed. */
  lastRequest: { at: string; number: string } | null;
}

export function factsOf(request: Request, nextUpdate: string): ExchangeFacts {
  return {
    nextUpdate,
    children: request.children.map(({ handle, resources, requests }) => ({
      handle,
      resources: {
        asn: asnText(resources.asn),
        ipv4: ipText(resources.ipv4, 'ipv4'),
        ipv6: ipText(resources.ipv6, 'ipv6'),
      },
      wishes: [...requests].map(([key, { type }]) => ({
        key,
        what: type === 'issuance' ? ('issued' as const) : ('revoked' as const),
      })),
    })),
  };
}

/** The two files of an exchange that is already signed: what was asked and what came of it. Throws JsonError. */
export function exchangeContent(files: { request: Uint8Array; response: Uint8Array }) {
  const request = requestOf(openDocument(files.request, 'request').clear);
  const response: JsonValue = openDocument(files.response, 'response').clear;
  const clear = asObject(response, 'response', { required: ['objects'], open: true });
  return { request, response, objects: readObjects(clear.get('objects'), 'response.objects') };
}

/** When a message that was judged already was signed, as it says. Throws JsonError. */
export function messageTime(kind: 'request' | 'response', bytes: Uint8Array): string | null {
  const { message } = openDocument(bytes, kind);
  return readSignedObject(message, new Faults()).signingTime?.toISOString() ?? null;
}

/** The nonce a request file claims, or null when it cannot be read (then its judgement says so). */
export function requestNonce(bytes: Uint8Array): string | null {
  try {
    return requestOf(openDocument(bytes, 'request').clear).nonce;
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}

/** Facts as `JSON.stringify` wrote them. */
export function readFacts(text: string): ExchangeFacts {
  // Only this module writes them.
  return JSON.parse(text) as ExchangeFacts;
}

/**
 * When the signer signed it, RFC 3339 with every digit that is known: krillta's "time" and "Session date". The proxy's own
 * instant is that of taking it, so that there the message itself is asked.
 */
export function signedTime(exchange: {
  half: Half;
  at: string;
  facts: string;
  response: Uint8Array;
}): string {
  const { half, at, facts, response } = exchange;
  if (half === 'signer') return readFacts(facts).at ?? at;
  return messageTime('response', response) ?? at;
}

/** An answer that the signer went on without; what was signed ahead of time and revoked stays revoked. */
export interface SetAside {
  /** `replaced`: it was signed after a restore, without a response that was taken back since. */
  why: 'ahead' | 'replaced';
  at: string;
  /** Child by key identifier. */
  revoked: ReadonlyMap<string, string>;
}

export function setAsideOf({ at, facts }: { at: string; facts: string }, why: SetAside['why']): SetAside {
  const revoked = readFacts(facts).children.flatMap(({ handle, wishes }) =>
    wishes.filter(({ what }) => what === 'revoked').map(({ key }) => [key, handle] as const),
  );
  return { why, at, revoked: new Map(revoked) };
}

const NONE: History = {
  children: new Map(),
  owners: new Map(),
  nonces: new Set(),
  revoked: new Map(),
  lastRequest: null,
};

/** `past` oldest first, after all of `before`, which stays as it is. */
export function historyOf(
  past: readonly { nonce: string; number: string; facts: string }[],
  before = NONE,
): History {
  const history: History = {
    children: new Map(
      [...before.children].map(([handle, { resources, keys }]) => [
        handle,
        { resources, keys: new Set(keys) },
      ]),
    ),
    owners: new Map(before.owners),
    nonces: new Set(before.nonces),
    revoked: new Map(before.revoked),
    lastRequest: before.lastRequest,
  };
  const last = new Map<KnownChild, ExchangeFacts['children'][number]['resources']>();
  for (const { nonce, number, facts } of past) {
    history.nonces.add(nonce);
    const { requestAt, children } = readFacts(facts);
    const { lastRequest } = history;
    if (requestAt !== undefined && !(Date.parse(requestAt) < Date.parse(lastRequest?.at ?? requestAt)))
      history.lastRequest = { at: requestAt, number };
    for (const { handle, resources, wishes } of children) {
      const child = history.children.get(handle) ?? {
        resources: { asn: [], ipv4: [], ipv6: [] },
        keys: new Set(),
      };
      last.set(child, resources);
      for (const { key, what } of wishes) {
        const owner = history.owners.get(key);
        if (owner !== undefined && owner !== handle) history.children.get(owner)?.keys.delete(key);
        if (what === 'issued') {
          child.keys.add(key);
          history.revoked.delete(key);
          history.owners.set(key, handle);
        } else {
          child.keys.delete(key);
          history.revoked.set(key, number);
          history.owners.delete(key);
        }
      }
      history.children.set(handle, child);
    }
  }
  for (const [child, { asn, ipv4, ipv6 }] of last)
    child.resources = { asn: readAsn(asn), ipv4: readIp(ipv4, 'ipv4'), ipv6: readIp(ipv6, 'ipv6') };
  return history;
}
