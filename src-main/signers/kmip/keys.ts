/**
 * Keys on a KMIP server: used, found and listed. It throws what the client throws, and DeviceError where the word is known
 * here. How they are made and destroyed is told in pairs.ts.
 */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { equalBytes } from '../../lib/bytes.ts';
import type { Random } from '../../ports.ts';
import { keyId } from '../../x509/public-key.ts';
import { type Device, DeviceError, type DeviceKey, type DeviceKeyRequest, type MadeKey } from '../device.ts';
import type { KmipClient } from './client.ts';
import { begunUnder, pairHandle, readBegun, readHandle } from './handle.ts';
import { maybe, valueAs } from './items.ts';
import { KmipResultError, type KmipVersion } from './message.ts';
import { LINK_TYPE, OBJECT_TYPE, STATE, TAG, USAGE_BITS } from './names.ts';
import { getAttributes, getPublicKey, type KmipAttributes, locate, sign } from './operations.ts';
import { createPairs, isGone } from './pairs.ts';
import { asDerSignature } from './public-key.ts';

export interface KmipKeys {
  readonly version: KmipVersion;
  create(request: DeviceKeyRequest, signal: AbortSignal | undefined): Promise<MadeKey>;
  publicKey(handle: Uint8Array): Promise<Uint8Array>;
  sign(handle: Uint8Array, algorithm: KeyAlgorithm, data: Uint8Array): Promise<Uint8Array>;
  destroy: Device['destroy'];
  destroyIf: Device['destroyIf'];
  find(spkiDer: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array | null>;
  list: Device['list'];
}

/** More than a signer of one workspace has; a server of thousands of keys is asked by name. */
const MOST_OBJECTS = 1000;
const PUBLIC_NAME = /^krill-public-key-/;
const PRIVATE_NAME = /^krill-private-key-/;

export function createKeys(deps: {
  client: Pick<KmipClient, 'call'>;
  random: Random;
  version: KmipVersion;
}): KmipKeys {
  const { client, version } = deps;

  const { create, destroyPair, destroyBegun, destroyBegunIf } = createPairs(deps);

  const spkiOf = (id: string, signal?: AbortSignal): Promise<Uint8Array | null> =>
    client.call(getPublicKey(id), signal);

  /** The public object to a private one, by link or by name; null when the server shows none. */
  async function publicIdOf(attributes: KmipAttributes, signal?: AbortSignal): Promise<string | null> {
    const linked = linkOf(attributes, LINK_TYPE.publicKey);
    if (linked !== null) return linked;
    const name = namesOf(attributes).find((one) => PRIVATE_NAME.test(one));
    if (name === undefined) return null;
    const [only, ...more] = await client.call(
      locate({ name: name.replace(PRIVATE_NAME, 'krill-public-key-') }, 2),
      signal,
    );
    return only !== undefined && more.length === 0 ? only : null;
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
  async function privateIdsOf(
    publicId: string,
    spkiDer: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<string[]> {
    const attributes = await client.call(getAttributes(publicId), signal);
    const linked = linkOf(attributes, LINK_TYPE.privateKey);
    if (linked !== null) return [linked];
    const own = `krill-private-key-${keyId(spkiDer).toLowerCase()}`;
    const names = namesOf(attributes).map((name) => name.replace(PUBLIC_NAME, 'krill-private-key-'));
    const found = new Set<string>();
    for (const name of new Set([own, ...names.filter((one) => PRIVATE_NAME.test(one))]))
      for (const id of await client.call(locate({ name, objectType: OBJECT_TYPE.privateKey }, 3), signal))
        found.add(id);
    return [...found];
  }

  async function find(spkiDer: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array | null> {
    const name = `krill-public-key-${keyId(spkiDer).toLowerCase()}`;
    const named = await client.call(
      locate({ name, objectType: OBJECT_TYPE.publicKey }, MOST_OBJECTS),
      signal,
    );
    const publicIds = await sameKey(named, spkiDer, signal);
    // Others name their keys otherwise.
    if (publicIds.length === 0) {
      const every = await client.call(locate({ objectType: OBJECT_TYPE.publicKey }, MOST_OBJECTS), signal);
      publicIds.push(...(await sameKey(every, spkiDer, signal)));
    }
    const handles = new Map<string, Uint8Array>();
    for (const publicId of publicIds)
      for (const privateId of await privateIdsOf(publicId, spkiDer, signal))
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
  async function sameKey(
    ids: readonly string[],
    spkiDer: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<string[]> {
    const same = await Promise.all(
      ids.map(async (id) => {
        const found = await unlessGone(spkiOf(id, signal));
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

  async function list(
    signal?: AbortSignal,
    looked: (done: number, of: number) => void = () => undefined,
  ): Promise<DeviceKey[]> {
    const ids = await client.call(locate({ objectType: OBJECT_TYPE.privateKey }, MOST_OBJECTS), signal);
    let done = 0;
    const found = await Promise.all(
      ids.map(async (id) => {
        const key = await describe(id, signal);
        done += 1;
        looked(done, ids.length);
        return key;
      }),
    );
    return found.filter((key) => key !== null);
  }

  async function describe(privateId: string, signal: AbortSignal | undefined): Promise<DeviceKey | null> {
    const attributes = await unlessGone(client.call(getAttributes(privateId), signal));
    if (attributes === null) return null;
    if (isDestroyed(attributes)) return null;
    const publicId = await publicIdOf(attributes, signal);
    const handle = pairHandle({ publicId, privateId });
    const names = namesOf(attributes);
    const sensitive = first(attributes, TAG.sensitive, 'boolean');
    const begun = names.map(begunUnder).find((one) => one !== undefined);
    const mask = first(attributes, TAG.cryptographicUsageMask, 'integer') ?? 0;
    return {
      handle,
      identifier: Buffer.from(handle).toString('utf8'),
      label: names[0] ?? '',
      spkiDer: publicId === null ? null : await unlessGone(spkiOf(publicId, signal)),
      uses: USAGE_BITS.filter((_word, bit) => (mask >> bit) & 1),
      sensitive,
      neverExtractable: first(attributes, TAG.neverExtractable, 'boolean'),
      // A sensitive object is not given out, unless the server says that it may be.
      extractable: first(attributes, TAG.extractable, 'boolean') ?? (sensitive === true ? false : null),
      ...(begun === undefined ? {} : { begun }),
    };
  }

  /** SECURITY: a server gives its numbers again, so that both halves have to be shown as those of one key. */
  async function destroyPairIf(
    handle: Uint8Array,
    may: Parameters<Device['destroyIf']>[1],
  ): ReturnType<Device['destroyIf']> {
    const { publicId, privateId } = readHandle(handle);
    const attributes = await unlessDestroyed(client.call(getAttributes(privateId)));
    const spkiDer = publicId === null ? null : await unlessDestroyed(spkiOf(publicId));
    if (isDestroyed(attributes) && spkiDer === null) return 'nothing';
    if (spkiDer === null) return 'left';
    if (attributes !== null && !isPair(attributes, publicId, spkiDer)) return 'left';
    if (!(await may({ handle, spkiDer }))) return 'left';
    await destroyPair({ publicId, privateId });
    return 'destroyed';
  }

  async function destroyOwn(handle: Uint8Array, spkiDer: Uint8Array | null): Promise<void> {
    const { publicId, privateId } = readHandle(handle);
    const attributes = await unlessGone(client.call(getAttributes(privateId)));
    const shownId = publicId ?? (attributes === null ? null : await publicIdOf(attributes));
    const shown = shownId === null ? null : await unlessGone(spkiOf(shownId));
    const another =
      spkiDer !== null &&
      ((shown !== null && !equalBytes(shown, spkiDer)) ||
        (attributes !== null && isOfAnother(attributes, publicId, spkiDer)));
    if (another)
      throw new DeviceError(
        'refused',
        'ANOTHER_KEY',
        'The server has another key under the numbers of this one, so nothing was destroyed: look on the server for where this one is.',
        `${publicId ?? ''} ${privateId}`.trim(),
      );
    await destroyPair({ publicId, privateId });
  }

  return {
    version,
    create,
    publicKey,
    async sign(handle, algorithm, data) {
      const { privateId } = readHandle(handle);
      return asDerSignature(algorithm, await client.call(sign(privateId, algorithm, data)));
    },
    destroy(handle, spkiDer) {
      const begun = readBegun(handle);
      return begun === null ? destroyOwn(handle, spkiDer) : destroyBegun(begun);
    },
    destroyIf(handle, may) {
      const begun = readBegun(handle);
      return begun === null ? destroyPairIf(handle, may) : destroyBegunIf(begun, may);
    },
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

function isDestroyed(attributes: KmipAttributes | null): boolean {
  const state = attributes === null ? STATE.destroyed : first(attributes, TAG.state, 'enumeration');
  return state === STATE.destroyed || state === STATE.destroyedCompromised;
}

/** Whether a private half says that it belongs to this public one: by its link, else by its name. */
function isPair(attributes: KmipAttributes, publicId: string | null, spkiDer: Uint8Array): boolean {
  const linked = linkOf(attributes, LINK_TYPE.publicKey);
  if (linked !== null) return linked === publicId;
  return namesOf(attributes).includes(`krill-private-key-${keyId(spkiDer).toLowerCase()}`);
}

/** Whether a private half says that it belongs to another public one. */
function isOfAnother(attributes: KmipAttributes, publicId: string | null, spkiDer: Uint8Array): boolean {
  const linked = linkOf(attributes, LINK_TYPE.publicKey);
  if (linked !== null && publicId !== null && linked !== publicId) return true;
  const named = namesOf(attributes).filter((name) => PRIVATE_NAME.test(name));
  return named.length > 0 && !named.includes(`krill-private-key-${keyId(spkiDer).toLowerCase()}`);
}

async function unlessDestroyed<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
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
