/**
 * Making and destroying a key pair on a KMIP server, whole or not at all. It throws what the client throws, and
 * DeviceError where the word is known here.
 */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { toHex } from '../../lib/bytes.ts';
import type { Random } from '../../ports.ts';
import { keyId, keyView } from '../../x509/public-key.ts';
import { DeviceError } from '../device.ts';
import type { KmipClient } from './client.ts';
import { ConnectionError } from './connection.ts';
import { type KeyPairIds, pairHandle } from './handle.ts';
import { KmipResultError, type KmipVersion } from './message.ts';
import {
  activate,
  createKeyPair,
  destroy,
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

interface Pairs {
  create(
    algorithm: KeyAlgorithm,
    signal: AbortSignal | undefined,
  ): Promise<{ handle: Uint8Array; spkiDer: Uint8Array }>;
  /** What is gone already is no error. */
  destroyPair(pair: KeyPairIds): Promise<void>;
}

export function createPairs(deps: { client: KmipClient; random: Random; version: KmipVersion }): Pairs {
  const { client, random, version } = deps;

  const isGone = (error: unknown): boolean =>
    error instanceof KmipResultError && resultReason(error.reason).trouble === 'key-gone';

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

  /** Takes away what a failed attempt may have left. Answers whether nothing is left. */
  async function cleanUp(pair: KeyPairIds | null, names: readonly string[]): Promise<boolean> {
    try {
      if (pair !== null) await destroyPair(pair);
      // The answer was lost on the way: the names are nobody else's.
      else
        for (const name of names)
          for (const id of await client.call(locate({ name }, 2))) await destroyOne(id);
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

  async function create(
    algorithm: KeyAlgorithm,
    signal: AbortSignal | undefined,
  ): Promise<{ handle: Uint8Array; spkiDer: Uint8Array }> {
    // A dead pooled connection shows here, where trying again is safe.
    await client.call(queryServer(), signal);
    const prefix = `krill_new_key_${toHex(random.bytes(10)).toLowerCase()}`;
    const [privateName, publicName] = [`${prefix}_priv`, `${prefix}_pub`];
    let pair: KeyPairIds | null = null;
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
      const identifier = keyId(spkiDer).toLowerCase();
      await client.call(rename(ids.publicId, publicName, `krill-public-key-${identifier}`), signal);
      await client.call(rename(ids.privateId, privateName, `krill-private-key-${identifier}`), signal);
      await client.call(activate(ids.privateId), signal);
      return { handle, spkiDer };
    } catch (error) {
      // A refusal of the first step made nothing.
      const nothingMade = pair === null && error instanceof KmipResultError;
      const clean = nothingMade || (await cleanUp(pair, [privateName, publicName]));
      if (clean && pair === null && error instanceof ConnectionError && error.kind === 'read-timeout')
        throw new DeviceError(
          'unreachable',
          'READ_TIMEOUT',
          `The server did not make the key in time: raise read_timeout_seconds, and destroy on the server what may still appear there under ${prefix}.`,
          error.message,
        );
      if (clean) throw error;
      throw new DeviceError(
        'unreachable',
        'LEFT_BEHIND',
        `The key was not finished, and what was begun could not be destroyed: destroy the objects named ${prefix} or numbered ${pair?.publicId ?? '?'} and ${pair?.privateId ?? '?'} on the server.`,
        error instanceof Error ? error.message : '',
      );
    }
  }

  return { create, destroyPair };
}

/** Whether the key is of the kind that was asked for. */
function isKind(spkiDer: Uint8Array, algorithm: KeyAlgorithm): boolean {
  const { algorithm: family, bits, curve } = keyView(spkiDer);
  return algorithm.startsWith('rsa-')
    ? family === 'RSA' && bits === Number(algorithm.slice(4))
    : curve?.toLowerCase() === algorithm;
}
