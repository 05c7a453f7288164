/**
 * The proxy while its workspace is locked and the operator chose to go on serving: what it knew when it was locked, and the
 * identity key alone. Children are answered; what they asked is told to the real proxy after unlocking.
 */
import { createPrivateKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../../ports.ts';
import type { Payload } from '../../rpki/provisioning-message.ts';
import { keyId } from '../../x509/public-key.ts';
import type { MessageSigning } from '../signer/signing.ts';
import { AppError } from '../../lib/app-error.ts';
import { requireChild, withChild } from './change-children.ts';
import { answerGuarded, type Carried, type Heard } from './guard-child.ts';
import type { ProxyState } from './proxy-state.ts';
import type { AnsweringProxy } from './running-proxy.ts';

export interface HeldQuery {
  handle: string;
  query: Payload;
  message: Carried | null;
}

export interface LockedProxy extends AnsweringProxy {
  /** Folder of the workspace it belongs to. */
  workspace: string;
  /** What was asked meanwhile, oldest first; list queries are left out. */
  queries: readonly HeldQuery[];
  answered(): number;
  /** What is known of the children's last messages by now. */
  heard(): ReadonlyMap<string, Heard>;
  /** SECURITY: from now on nobody is answered, and nothing here refers to the key; what was asked is kept. */
  forgetKey(): void;
}

const makePair = promisify(generateKeyPair);
const MOST_QUERIES = 1000;

const signWith =
  (key: KeyObject) =>
  (data: Uint8Array): Promise<Uint8Array> =>
    Promise.resolve(new Uint8Array(sign('sha256', data, key)));

/** Signs with a key that is in memory, and one-off keys that never leave this function's scope. */
function memorySigning(identity: { key: KeyObject; keyId: string }, random: Random): MessageSigning {
  return {
    identity: { keyId: identity.keyId, certificate: signWith(identity.key), crl: signWith(identity.key) },
    async oneOff(use) {
      const pair = await makePair('rsa', { modulusLength: 2048 });
      const spkiDer = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }));
      return use({ keyId: keyId(spkiDer), spkiDer, sign: signWith(pair.privateKey) });
    },
    serial() {
      const octets = Uint8Array.from(random.bytes(20));
      octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40;
      return octets;
    },
  };
}

/** `at.key` is the identity's; it is referred to from here until `forgetKey`. */
export function createLockedProxy(
  deps: { random: Random; now(): Date },
  at: { state: ProxyState; key: KeyObject; workspace: string },
): LockedProxy {
  let { state } = at;
  let answered = 0;
  const queries: HeldQuery[] = [];
  let signing: MessageSigning | null = memorySigning(
    { key: at.key, keyId: state.identity.keyId },
    deps.random,
  );
  return {
    workspace: at.workspace,
    queries,
    answered: () => answered,
    heard: () => state.children,
    async required() {
      if (signing === null)
        throw new AppError('NOT_ALLOWED_NOW', 'The trust anchor is locked by its operator; try again later.');
      return { state, signing };
    },
    forgetKey() {
      signing = null;
    },
    async ask(handle, query, message) {
      if (query.type !== 'list' && queries.length >= MOST_QUERIES)
        throw new AppError('NOT_ALLOWED_NOW', 'Too much was asked while the workspace is locked.');
      const { child, reply } = answerGuarded(state, requireChild(state, handle), query, message, deps.now());
      state = withChild(state, child);
      answered += 1;
      if (query.type !== 'list') queries.push({ handle, query, message });
      return reply;
    },
  };
}

/** SECURITY: the caller wipes the octets; the key object is in memory until nothing refers to it. */
export function identityKeyObject(pkcs8Der: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8Der), format: 'der', type: 'pkcs8' });
}
