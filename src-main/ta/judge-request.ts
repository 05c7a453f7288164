/**
 * A request file judged before anything is signed (krill-ta.md 5.4, 6.10, 16): the message, the clear text beside it, and
 * every child's every wish against what the trust anchor is. It changes nothing.
 */
import { shortKey } from './short-key.ts';
import type { JsonObject } from '../lib/json-reader.ts';
import { type Fault, Faults } from '../rpki/fault.ts';
import type { Message } from '../rpki/message.ts';
import { contains } from '../rpki/ranges.ts';
import { readChildCsr } from './child-csr.ts';
import { plainForm } from '../rpki/plain-name.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import { type Child, type ChildRequest, requestOf, type Request } from './documents.ts';
import type { CertInfo } from './objects.ts';
import { openExchange, readInto } from './open-exchange.ts';
import { judgeLimit, judgePlace } from './wish-faults.ts';

/** What the signer knows. */
export interface SignerState {
  /** SubjectPublicKeyInfo of the enrolled proxy. */
  proxySpki: Uint8Array;
  taKeyId: string;
  taResources: ResourceSet;
  /** Where the trust anchor publishes: `rsync://host/repo/`. */
  baseUri: string;
  /** Who holds which key: child by key identifier. */
  owners: ReadonlyMap<string, string>;
  /** Where those keys publish. */
  issued: ReadonlyMap<string, Pick<CertInfo, 'caRepository'>>;
  /** Nonces of the requests processed before. */
  nonces: ReadonlySet<string>;
  /**
   * Missing: an answer to this request stands. Else it was set aside, and these keys were revoked in it, child by key identifier:
   * no other one may be revoked without a certificate.
   */
  revokedBefore?: ReadonlyMap<string, string>;
}

/** A fault of one wish alone: without it the rest could be signed. */
export interface WishFault extends Fault {
  child: string;
  key: string;
}

export interface RequestJudgement {
  /** The whole file as it stands, with the members that no signature covers; null when it is no such file. */
  file: JsonObject | null;
  /** null when it could not even be read, or when it is not of the enrolled proxy. */
  request: Request | null;
  /** The signed message; null when it could not be opened. */
  message: Message | null;
  /** The one of `faults` that says the file was changed after it was signed. */
  edited: Fault | null;
  /** Something is wrong: it is refused. */
  faults: (Fault | WishFault)[];
  /** Nothing is wrong, but a person must decide. */
  questions: string[];
}

const FAMILIES = ['asn', 'ipv4', 'ipv6'] as const;

function judgeWish(
  {
    child,
    key,
    wish,
    claimed,
    places,
    again,
  }: {
    child: Child;
    key: string;
    wish: ChildRequest;
    claimed: Map<string, string>;
    places: Map<string, string>;
    /** The request was processed before, and that stands. */
    again: boolean;
  },
  state: SignerState,
  faults: Faults,
  questions: string[],
): void {
  const who = `${child.handle}, key ${shortKey(key)}`;
  const inner = new Faults();
  inner.check(
    wish.className === 'default',
    `there is no resource class "${wish.className}"`,
    'RFC 6492 3.4.1',
  );
  inner.check(key !== state.taKeyId, 'it names the key of the trust anchor itself', 'RFC 6492 3.4.1');
  const other = claimed.get(key);
  inner.check(other === undefined, `${other ?? ''} asks for the same key`, 'RFC 6492 3.4.1');
  claimed.set(key, child.handle);
  const before = state.revokedBefore?.get(key);
  const owner = state.owners.get(key) ?? (wish.type === 'revocation' ? before : undefined);
  if (wish.type === 'revocation') {
    inner.check(wish.key === key, 'the key to revoke is not the one it stands under', 'RFC 6492 3.5.1');
    inner.check(
      // What was processed before has taken the certificate away already.
      owner !== undefined || again || state.issued.has(key),
      'a key that has no certificate cannot be revoked: if it was revoked here already, take signer-info.json of this signer over on the proxy and make the request anew',
      'RFC 6492 3.5.1',
    );
    if (before !== undefined && !state.owners.has(key) && !state.issued.has(key))
      questions.push(
        `${who}: it was revoked already, by the clock that was ahead; the response says so once more.`,
      );
  } else {
    const csr = readChildCsr(wish.csrDer, inner);
    inner.check(
      csr === null || csr.keyId === key,
      'the key of the request is not the one it stands under',
      'RFC 6492 3.4.1',
    );
    if (csr !== null) judgePlace(csr, state, inner);
    const there = csr === null ? undefined : places.get(plainForm(csr.caRepository));
    if (there !== undefined && there !== child.handle)
      questions.push(`${who}: it would publish where ${there} does.`);
    else if (csr !== null) places.set(plainForm(csr.caRepository), child.handle);
    judgeLimit(child.resources, wish.limit, inner);
  }
  if (owner !== undefined && owner !== child.handle) questions.push(`${who}: this key belongs to ${owner}.`);
  faults.found.push(
    ...inner.found.map(({ text, clause }) => ({
      text: `${who}: ${text}`,
      clause,
      child: child.handle,
      key,
    })),
  );
}

/** Judges the bytes of a request file at the instant `at`. Never throws for what it is given. */
export function judgeRequest(bytes: Uint8Array, state: SignerState, at: Date): RequestJudgement {
  const faults = new Faults();
  const questions: string[] = [];
  const opened = openExchange(bytes, 'request', state.proxySpki, at, faults);
  const file = opened?.file ?? null;
  const none = { file, request: null, message: null, edited: null, faults: faults.found, questions };
  if (opened === null) return none;
  // SECURITY: what nobody we know signed is told by its envelope alone; nothing of it can be signed, whatever it asks.
  if (opened.message?.genuine === false) return { ...none, message: opened.message };
  const request = readInto(faults, opened.saidIn, () => requestOf(opened.said));
  if (request === null || opened.message === null) return none;
  const again = state.nonces.has(request.nonce);
  if (again) questions.push(`The nonce ${request.nonce} was processed before.`);
  const stands = again && state.revokedBefore === undefined;
  const claimed = new Map<string, string>();
  // A manifest lies in its folder (child-csr.ts): who has the folder has both.
  const places = new Map(
    [...state.issued].flatMap(([key, { caRepository }]) => {
      const owner = state.owners.get(key);
      return owner === undefined ? [] : [[plainForm(caRepository), owner]];
    }),
  );
  for (const child of request.children) {
    faults.check(
      FAMILIES.every((family) => contains(state.taResources[family], child.resources[family])),
      `${child.handle}: it has resources the trust anchor does not have`,
      'RFC 6487 7.2',
    );
    for (const [key, wish] of child.requests)
      judgeWish({ child, key, wish, claimed, places, again: stands }, state, faults, questions);
  }
  return { file, request, message: opened.message, edited: opened.edited, faults: faults.found, questions };
}
