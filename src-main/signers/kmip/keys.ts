/**
 * Key pairs on a KMIP server: made, renamed, activated, used, found and destroyed, each whole or not at all. It throws
 * what the client throws, and DeviceError where the word is known here.
 */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { equalBytes, toHex } from '../../lib/bytes.ts';
import type { Random } from '../../ports.ts';
import { keyId, keyView } from '../../x509/public-key.ts';
import { DeviceError, type DeviceKey } from '../device.ts';
import type { KmipClient } from './client.ts';
import { type KeyPairIds, pairHandle, readHandle } from './handle.ts';
import { maybe, valueAs } from './items.ts';
import { KmipResultError, type KmipVersion } from './message.ts';
import { LINK_TYPE, OBJECT_TYPE, STATE, TAG, USAGE_BITS } from './names.ts';
import {
  activate,
  createKeyPair,
  destroy,
  getAttributes,
  getPublicKey,
  type KmipAttributes,
  locate,
  queryServer,
  rename,
  revoke,
  sign,
} from './operations.ts';
import { asDerSignature } from './public-key.ts';
import { resultReason } from './result-reasons.ts';

export interface KmipKeys {
  readonly version: KmipVersion;
  create(
    algorithm: KeyAlgorithm,
    signal: AbortSignal | undefined,
  ): Promise<{ handle: Uint8Array; spkiDer: Uint8Array }>;
  publicKey(handle: Uint8Array): Promise<Uint8Array>;
  sign(handle: Uint8Array, algorithm: KeyAlgorithm, data: Uint8Array): Promise<Uint8Array>;
  destroy(handle: Uint8Array): Promise<void>;
  find(spkiDer: Uint8Array): Promise<Uint8Array | null>;
  list(signal: AbortSignal | undefined): Promise<DeviceKey[]>;
}

/** More than a signer of one workspace has; a server of thousands of keys is asked by name. */
const MOST_OBJECTS = 1000;
const PUBLIC_NAME = /^krill-public-key-/;
const PRIVATE_NAME = /^krill-private-key-/;

export function createKeys(deps: { client: KmipClient; random: Random; version: KmipVersion }): KmipKeys {
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

  /** Sensitive where the server knows the word: one that does not refuses it, and makes the key without. */
  async function makePair(
    wanted: { algorithm: KeyAlgorithm; privateName: string; publicName: string },
    signal: AbortSignal | undefined,
  ): Promise<{ privateId: string; publicId: string }> {
    const knows = version.major > 1 || version.minor >= 4;
    if (knows)
      try {
        return await client.call(createKeyPair({ ...wanted, sensitive: true }), signal);
      } catch (error) {
        if (!(error instanceof KmipResultError) || resultReason(error.reason).trouble === 'pin-refused')
          throw error;
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
      const spkiDer = await spkiOf(ids.publicId, signal);
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
      if (nothingMade || (await cleanUp(pair, [privateName, publicName]))) throw error;
      throw new DeviceError(
        'unreachable',
        'LEFT_BEHIND',
        `The key was not finished, and what was begun could not be destroyed: destroy the objects named ${prefix} or numbered ${pair?.publicId ?? '?'} and ${pair?.privateId ?? '?'} on the server.`,
        error instanceof Error ? error.message : '',
      );
    }
  }

  const spkiOf = (id: string, signal?: AbortSignal): Promise<Uint8Array | null> =>
    client.call(getPublicKey(id), signal);

  /** The public object to a private one, by link or by name; null when the server shows none. */
  async function publicIdOf(attributes: KmipAttributes, signal?: AbortSignal): Promise<string | null> {
    const linked = linkOf(attributes, LINK_TYPE.publicKey);
    if (linked !== null) return linked;
    const name = namesOf(attributes).find((one) => PRIVATE_NAME.test(one));
    if (name === undefined) return null;
    const [first, ...more] = await client.call(
      locate({ name: name.replace(PRIVATE_NAME, 'krill-public-key-') }, 2),
      signal,
    );
    return first !== undefined && more.length === 0 ? first : null;
  }

  async function publicKey(handle: Uint8Array): Promise<Uint8Array> {
    const { publicId, privateId } = readHandle(handle);
    const id = publicId ?? (await publicIdOf(await client.call(getAttributes(privateId))));
    const spkiDer = id === null ? null : await spkiOf(id);
    if (spkiDer === null)
      throw new DeviceError(
        'key-gone',
        'PUBLIC_KEY',
        'The server shows no public key to this key: restore it on the server.',
      );
    return spkiDer;
  }

  /** Private objects to a public one, by link, else by name. */
  async function privateIdsOf(publicId: string, spkiDer: Uint8Array): Promise<string[]> {
    const attributes = await client.call(getAttributes(publicId));
    const linked = linkOf(attributes, LINK_TYPE.privateKey);
    if (linked !== null) return [linked];
    const own = `krill-private-key-${keyId(spkiDer).toLowerCase()}`;
    const names = namesOf(attributes).map((name) => name.replace(PUBLIC_NAME, 'krill-private-key-'));
    const found = new Set<string>();
    for (const name of new Set([own, ...names.filter((one) => PRIVATE_NAME.test(one))]))
      for (const id of await client.call(locate({ name, objectType: OBJECT_TYPE.privateKey }, 3)))
        found.add(id);
    return [...found];
  }

  async function find(spkiDer: Uint8Array): Promise<Uint8Array | null> {
    const name = `krill-public-key-${keyId(spkiDer).toLowerCase()}`;
    const named = await client.call(locate({ name, objectType: OBJECT_TYPE.publicKey }, MOST_OBJECTS));
    const publicIds = await sameKey(named, spkiDer);
    // Others name their keys otherwise.
    if (publicIds.length === 0) {
      const every = await client.call(locate({ objectType: OBJECT_TYPE.publicKey }, MOST_OBJECTS));
      publicIds.push(...(await sameKey(every, spkiDer)));
    }
    const handles = new Map<string, Uint8Array>();
    for (const publicId of publicIds)
      for (const privateId of await privateIdsOf(publicId, spkiDer))
        handles.set(privateId, pairHandle({ publicId, privateId }));
    if (handles.size > 1 || publicIds.length > 1)
      throw new DeviceError(
        'refused',
        'AMBIGUOUS',
        'Two objects on the server answer to this public key: destroy the one that is not wanted.',
        [...publicIds, ...handles.keys()].join(', '),
      );
    return [...handles.values()][0] ?? null;
  }

  /** Those of `ids` that are this public key. */
  async function sameKey(ids: readonly string[], spkiDer: Uint8Array): Promise<string[]> {
    const same = await Promise.all(
      ids.map(async (id) => {
        const found = await unlessGone(spkiOf(id));
        return found !== null && equalBytes(found, spkiDer);
      }),
    );
    return ids.filter((_id, index) => same[index]);
  }

  /** null for an object that went, or that this client may see and not read. */
  async function unlessGone<T>(work: Promise<T | null>): Promise<T | null> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof KmipResultError) return null;
      throw error;
    }
  }

  async function list(signal: AbortSignal | undefined): Promise<DeviceKey[]> {
    const ids = await client.call(locate({ objectType: OBJECT_TYPE.privateKey }, MOST_OBJECTS), signal);
    const found = await Promise.all(ids.map((id) => describe(id, signal)));
    return found.filter((key) => key !== null);
  }

  async function describe(privateId: string, signal: AbortSignal | undefined): Promise<DeviceKey | null> {
    const attributes = await unlessGone(client.call(getAttributes(privateId), signal));
    if (attributes === null) return null;
    const state = first(attributes, TAG.state, 'enumeration');
    if (state === STATE.destroyed || state === STATE.destroyedCompromised) return null;
    const publicId = await publicIdOf(attributes, signal);
    const handle = pairHandle({ publicId, privateId });
    const mask = first(attributes, TAG.cryptographicUsageMask, 'integer') ?? 0;
    return {
      handle,
      identifier: Buffer.from(handle).toString('utf8'),
      label: namesOf(attributes)[0] ?? '',
      spkiDer: publicId === null ? null : await unlessGone(spkiOf(publicId, signal)),
      uses: USAGE_BITS.filter((_word, bit) => (mask >> bit) & 1),
      sensitive: first(attributes, TAG.sensitive, 'boolean'),
      neverExtractable: first(attributes, TAG.neverExtractable, 'boolean'),
    };
  }

  return {
    version,
    create,
    publicKey,
    async sign(handle, algorithm, data) {
      const { privateId } = readHandle(handle);
      return asDerSignature(algorithm, await client.call(sign(privateId, algorithm, data)));
    },
    destroy: (handle) => destroyPair(readHandle(handle)),
    find,
    list,
  };
}

function first<T extends 'enumeration' | 'integer' | 'boolean'>(
  attributes: KmipAttributes,
  tag: number,
  type: T,
) {
  const item = attributes.get(tag)?.[0];
  return item === undefined ? null : valueAs(item, type);
}

function namesOf(attributes: KmipAttributes): string[] {
  return (attributes.get(TAG.name) ?? []).flatMap((item) => maybe(item, TAG.nameValue, 'text') ?? []);
}

function linkOf(attributes: KmipAttributes, type: number): string | null {
  const link = (attributes.get(TAG.link) ?? []).find(
    (item) => maybe(item, TAG.linkType, 'enumeration') === type,
  );
  return link === undefined ? null : maybe(link, TAG.linkedObjectIdentifier, 'text');
}

/** Whether the key is of the kind that was asked for. */
function isKind(spkiDer: Uint8Array, algorithm: KeyAlgorithm): boolean {
  const { algorithm: family, bits, curve } = keyView(spkiDer);
  return algorithm.startsWith('rsa-')
    ? family === 'RSA' && bits === Number(algorithm.slice(4))
    : curve?.toLowerCase() === algorithm;
}
