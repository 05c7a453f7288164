/**
 * Making and destroying a key pair on a KMIP server, whole or not at all. It throws what the client throws, and
 * DeviceError where the word is known here.
 */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { toHex } from '../../lib/bytes.ts';
import type { Random } from '../../ports.ts';
import { keyId, keyView } from '../../x509/public-key.ts';
import {
  type Device,
  DeviceError,
  type DeviceKeyRequest,
  type DeviceTrouble,
  type FoundKey,
  type MadeKey,
} from '../device.ts';
import type { KmipClient } from './client.ts';
import { ConnectionError } from './connection.ts';
import { begunHandle, type KeyPairIds, pairHandle } from './handle.ts';
import { valueAs } from './items.ts';
import { KmipResultError, type KmipVersion } from './message.ts';
import { TAG } from './names.ts';
import {
  activate,
  createKeyPair,
  destroy,
  getAttributes,
  getPublicKey,
  locate,
  queryServer,
  rename,
  revoke,
} from './operations.ts';
import { resultReason } from './result-reasons.ts';

/**
 * What a server says that does not know an attribute: Invalid Message, Invalid Field, Feature Not Supported (KMIP 1.4, 9.1.3.2.29);
 * Invalid Attribute, Invalid Attribute Value, Unknown Tag (KMIP 2.0, 11.47).
 */
const UNKNOWN_ATTRIBUTE: ReadonlySet<number> = new Set([4, 7, 8, 0x2c, 0x2d, 0x3d]);

type May = (found: FoundKey) => Promise<boolean>;

interface Pairs {
  create(request: DeviceKeyRequest, signal: AbortSignal | undefined): Promise<MadeKey>;
  /** What is gone already is no error. */
  destroyPair(pair: KeyPairIds): Promise<void>;
  /** Whatever lies under the names that a creation begins with. */
  destroyBegun(prefix: string): Promise<void>;
  /** As the device port says. */
  destroyBegunIf(prefix: string, may: May): ReturnType<Device['destroyIf']>;
}

export const isGone = (error: unknown): boolean =>
  error instanceof KmipResultError && resultReason(error.reason).trouble === 'key-gone';

export function createPairs(deps: {
  client: Pick<KmipClient, 'call'>;
  random: Random;
  version: KmipVersion;
}): Pairs {
  const { client, random, version } = deps;

  /** Revokes and destroys one object; what is gone is gone. */
  async function destroyOne(id: string): Promise<void> {
    try {
      await client.call(revoke(id));
    } catch (error) {
      if (isGone(error)) return;
      // What is not active cannot be revoked and need not be; whether it can be destroyed shows next.
      if (!(error instanceof KmipResultError)) throw error;
    }
    try {
      await client.call(destroy(id));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** The private half first: without it nothing signs. */
  async function destroyPair({ publicId, privateId }: KeyPairIds): Promise<void> {
    await destroyOne(privateId);
    if (publicId !== null) await destroyOne(publicId);
  }

  async function destroyBegun(prefix: string): Promise<void> {
    // The names are nobody else's.
    for (const name of namesUnder(prefix))
      for (const id of await client.call(locate({ name }, 2))) await destroyOne(id);
  }

  async function destroyBegunIf(prefix: string, may: May): ReturnType<Device['destroyIf']> {
    const [privateName, publicName] = namesUnder(prefix);
    const privateIds = await client.call(locate({ name: privateName }, 2));
    const publicIds = await client.call(locate({ name: publicName }, 2));
    const [privateId, publicId] = [privateIds[0], publicIds[0]];
    if (privateId === undefined && publicId === undefined) return 'nothing';
    if (privateIds.length > 1 || publicIds.length > 1) return 'left';
    const handle =
      privateId === undefined ? begunHandle(prefix) : pairHandle({ publicId: publicId ?? null, privateId });
    const spkiDer = publicId === undefined ? null : await client.call(getPublicKey(publicId));
    if (!(await may({ handle, spkiDer }))) return 'left';
    for (const id of [privateId, publicId]) if (id !== undefined) await destroyOne(id);
    return 'destroyed';
  }

  /** Takes away what a failed attempt may have left. Answers whether nothing is left. */
  async function cleanUp(pair: KeyPairIds | null, prefix: string): Promise<boolean> {
    try {
      // Where the answer was lost on the way, there is no pair.
      await (pair === null ? destroyBegun(prefix) : destroyPair(pair));
      return true;
    } catch {
      return false;
    }
  }

  /** Sensitive where the server knows the word: one that says it does not know it makes the key without; no other fault does. */
  async function makePair(
    wanted: { algorithm: KeyAlgorithm; privateName: string; publicName: string },
    signal: AbortSignal | undefined,
  ): Promise<{ privateId: string; publicId: string }> {
    const knows = version.major > 1 || version.minor >= 4;
    if (knows)
      try {
        return await client.call(createKeyPair({ ...wanted, sensitive: true }), signal);
      } catch (error) {
        if (!(error instanceof KmipResultError) || !UNKNOWN_ATTRIBUTE.has(error.reason ?? 0)) throw error;
      }
    return client.call(createKeyPair({ ...wanted, sensitive: false }), signal);
  }

  /** Whether the server says that it keeps the private key; one that says nothing may give it away. */
  async function isKept(privateId: string): Promise<boolean> {
    try {
      const attributes = await client.call(getAttributes(privateId));
      const says = (tag: number, wanted: boolean): boolean =>
        (attributes.get(tag) ?? []).some((item) => valueAs(item, 'boolean') === wanted);
      return says(TAG.extractable, false) || (says(TAG.sensitive, true) && !says(TAG.extractable, true));
    } catch (error) {
      if (!(error instanceof KmipResultError)) throw error;
      return false;
    }
  }

  async function create(
    { algorithm, begun, unmade }: DeviceKeyRequest,
    signal: AbortSignal | undefined,
  ): Promise<MadeKey> {
    // A dead pooled connection shows here, where trying again is safe.
    await client.call(queryServer(), signal);
    const prefix = `krill_new_key_${toHex(random.bytes(10)).toLowerCase()}`;
    const [privateName, publicName] = namesUnder(prefix);
    let pair: KeyPairIds | null = null;
    await begun?.(begunHandle(prefix), null);
    try {
      const ids = await makePair({ algorithm, privateName, publicName }, signal);
      pair = ids;
      const handle = pairHandle(ids);
      const spkiDer = await client.call(getPublicKey(ids.publicId), signal);
      if (spkiDer === null || !isKind(spkiDer, algorithm))
        throw new DeviceError(
          'unsupported',
          'KEY_TYPE',
          'The server made another kind of key than it was asked for: choose another key type.',
          spkiDer === null ? '' : keyView(spkiDer).text,
        );
      // From here on they lose the names under which they would be found.
      await begun?.(handle, spkiDer);
      const identifier = keyId(spkiDer).toLowerCase();
      await client.call(rename(ids.publicId, publicName, `krill-public-key-${identifier}`), signal);
      await client.call(rename(ids.privateId, privateName, `krill-private-key-${identifier}`), signal);
      await client.call(activate(ids.privateId), signal);
      return { handle, spkiDer, mayLeave: !(await isKept(ids.privateId)) };
    } catch (error) {
      // A refusal of the first step made nothing.
      const nothingMade = pair === null && error instanceof KmipResultError;
      const clean = nothingMade || (await cleanUp(pair, prefix));
      // Whoever did not wait for the answer knows not what is still being made.
      if (clean && pair === null && error instanceof ConnectionError) throw lost(error, prefix);
      if (clean) {
        unmade?.();
        throw error;
      }
      throw new DeviceError(
        'unreachable',
        'LEFT_BEHIND',
        `The key was not finished, and what was begun could not be destroyed: it is destroyed at the next contact, or destroy the objects named ${prefix} or numbered ${pair?.publicId ?? '?'} and ${pair?.privateId ?? '?'} on the server.`,
        error instanceof Error ? error.message : '',
      );
    }
  }

  return { create, destroyPair, destroyBegun, destroyBegunIf };
}

/** Of the private half and of the public one, before they carry the key's identifier. */
function namesUnder(prefix: string): [string, string] {
  return [`${prefix}_priv`, `${prefix}_pub`];
}

/** The key was asked for and there is no answer: it may appear yet. */
function lost(error: ConnectionError, prefix: string): DeviceError {
  const said: Partial<Record<ConnectionError['kind'], [DeviceTrouble, string, string]>> = {
    'read-timeout': [
      'unreachable',
      'READ_TIMEOUT',
      'The server did not make the key in time: raise read_timeout_seconds.',
    ],
    cancelled: ['cancelled', 'CANCELLED', 'The making of the key was cancelled.'],
  };
  const [trouble, code, text] = said[error.kind] ?? [
    'unreachable',
    'CONNECTION_CLOSED',
    'The connection ended while the server made the key: look at its log.',
  ];
  return new DeviceError(
    trouble,
    code,
    `${text} What may still appear on the server under ${prefix} is destroyed at the next contact.`,
    error.message,
  );
}

/** Whether the key is of the kind that was asked for. */
function isKind(spkiDer: Uint8Array, algorithm: KeyAlgorithm): boolean {
  const { algorithm: family, bits, curve } = keyView(spkiDer);
  return algorithm.startsWith('rsa-')
    ? family === 'RSA' && bits === Number(algorithm.slice(4))
    : curve?.toLowerCase() === algorithm;
}
