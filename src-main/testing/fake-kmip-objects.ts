/** Keys of the fake KMIP server and what its operations do with them. No network here. Not shipped. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  all,
  boolean,
  bytes,
  enumeration,
  integer,
  itemsOf,
  maybe,
  maybeStructure,
  need,
  needStructure,
  structure,
  text,
  valueAs,
} from '../signers/kmip/items.ts';
import { type KmipVersion, sameVersion, versionItem, readVersion } from '../signers/kmip/message.ts';
import {
  ATTRIBUTE_NAMES,
  CRYPTOGRAPHIC_ALGORITHM,
  KEY_FORMAT,
  OBJECT_TYPE,
  OPERATION,
  type OperationName,
  RECOMMENDED_CURVE,
  SIGNATURE_ALGORITHM,
  STATE,
  TAG,
} from '../signers/kmip/names.ts';
import type { TtlvItem } from '../signers/kmip/ttlv.ts';

export interface FakeObject {
  type: number;
  name: string;
  key: KeyObject;
  state: number;
  usage: number;
  partner: string;
  /** null: the server tells nothing of it. */
  sensitive: boolean | null;
}

/** Thrown for a refusal, with its Result Reason. */
export class FakeRefusal extends Error {
  readonly reason: number;
  constructor(reason: number, message: string) {
    super(message);
    this.reason = reason;
  }
}

const CURVES: Readonly<Record<number, string>> = {
  [RECOMMENDED_CURVE.p256]: 'P-256',
  [RECOMMENDED_CURVE.p384]: 'P-384',
  [RECOMMENDED_CURVE.p521]: 'P-521',
};
const EC_HASH: Readonly<Record<number, string>> = {
  [SIGNATURE_ALGORITHM.ecdsaSha256]: 'sha256',
  [SIGNATURE_ALGORITHM.ecdsaSha384]: 'sha384',
  [SIGNATURE_ALGORITHM.ecdsaSha512]: 'sha512',
};
const TAGS = new Map([...ATTRIBUTE_NAMES].map(([tag, name]) => [name, tag]));

/** Attributes however they are wrapped: KMIP 1.x by name, 2.x by tag. */
function attributes(parent: TtlvItem | null): Map<number, TtlvItem> {
  const found = new Map<number, TtlvItem>();
  for (const item of parent === null ? [] : itemsOf(parent)) {
    if (item.tag !== TAG.attribute) found.set(item.tag, item);
    else {
      const tag = TAGS.get(need(item, TAG.attributeName, 'text'));
      const value = itemsOf(item).find((child) => child.tag === TAG.attributeValue);
      if (tag !== undefined && value !== undefined) found.set(tag, { ...value, tag });
    }
  }
  return found;
}

const nameIn = (found: Map<number, TtlvItem>): string => {
  const item = found.get(TAG.name);
  return item === undefined ? '' : need(item, TAG.nameValue, 'text');
};

export interface FakeStore {
  objects: Map<string, FakeObject>;
  /** What the operation answers. Throws FakeRefusal. */
  run(operation: OperationName, payload: TtlvItem, version: KmipVersion): TtlvItem[];
}

/** `rawEcdsa`: signatures as r and s side by side. `transparent`: EC public keys as curve and point. */
export function fakeStore(options: {
  versions: readonly KmipVersion[];
  announced: readonly OperationName[];
  rawEcdsa: boolean;
  transparent: boolean;
  tellsSensitive: boolean;
}): FakeStore {
  const objects = new Map<string, FakeObject>();
  let last = 0;

  const object = (payload: TtlvItem): [string, FakeObject] => {
    const id = need(payload, TAG.uniqueIdentifier, 'text');
    const found = objects.get(id);
    if (found === undefined) throw new FakeRefusal(1, `no object ${id}`);
    return [id, found];
  };

  const runs: Record<OperationName, (payload: TtlvItem, version: KmipVersion) => TtlvItem[]> = {
    query: () => [
      ...options.announced.map((name) => enumeration(TAG.operation, OPERATION[name])),
      text(TAG.vendorIdentification, 'Fake KMIP'),
    ],
    discoverVersions: (payload) => {
      const asked = itemsOf(payload).map(readVersion);
      return options.versions
        .filter((one) => asked.length === 0 || asked.some((other) => sameVersion(one, other)))
        .map(versionItem);
    },
    createKeyPair(payload, { major }) {
      const part = (tag1: number, tag2: number) =>
        attributes(maybeStructure(payload, major >= 2 ? tag2 : tag1));
      const common = part(TAG.commonTemplateAttribute, TAG.commonAttributes);
      const own = part(TAG.privateKeyTemplateAttribute, TAG.privateKeyAttributes);
      const shown = part(TAG.publicKeyTemplateAttribute, TAG.publicKeyAttributes);
      const algorithm = common.get(TAG.cryptographicAlgorithm);
      const domain = common.get(TAG.cryptographicDomainParameters);
      const length = common.get(TAG.cryptographicLength);
      if (algorithm === undefined || length === undefined)
        throw new FakeRefusal(6, 'algorithm or length missing');
      const namedCurve = domain && CURVES[need(domain, TAG.recommendedCurve, 'enumeration')];
      const ec = valueAs(algorithm, 'enumeration') === CRYPTOGRAPHIC_ALGORITHM.ecdsa;
      if (ec && namedCurve === undefined) throw new FakeRefusal(7, 'no curve');
      const pair = ec
        ? generateKeyPairSync('ec', { namedCurve: namedCurve ?? '' })
        : generateKeyPairSync('rsa', { modulusLength: valueAs(length, 'integer') });
      const [publicId, privateId] = [`object-${++last}`, `object-${++last}`];
      const usage = (found: Map<number, TtlvItem>): number => {
        const item = found.get(TAG.cryptographicUsageMask);
        return item === undefined ? 0 : valueAs(item, 'integer');
      };
      const both = { state: STATE.preActive };
      objects.set(publicId, {
        ...both,
        type: OBJECT_TYPE.publicKey,
        name: nameIn(shown),
        key: pair.publicKey,
        usage: usage(shown),
        partner: privateId,
        sensitive: null,
      });
      objects.set(privateId, {
        ...both,
        type: OBJECT_TYPE.privateKey,
        name: nameIn(own),
        key: pair.privateKey,
        usage: usage(own),
        partner: publicId,
        sensitive: options.tellsSensitive ? own.has(TAG.sensitive) : null,
      });
      return [text(TAG.privateKeyUniqueIdentifier, privateId), text(TAG.publicKeyUniqueIdentifier, publicId)];
    },
    activate(payload) {
      const [, found] = object(payload);
      if (found.state !== STATE.preActive) throw new FakeRefusal(11, 'it is not pre-active');
      found.state = STATE.active;
      return [];
    },
    get(payload) {
      const [id, found] = object(payload);
      if (found.type !== OBJECT_TYPE.publicKey) throw new FakeRefusal(12, 'private keys stay here');
      return [
        enumeration(TAG.objectType, found.type),
        text(TAG.uniqueIdentifier, id),
        structure(TAG.publicKey, [structure(TAG.keyBlock, keyBlock(found.key))]),
      ];
    },
    getAttributes(payload, { major }) {
      const [id, found] = object(payload);
      const items = [
        structure(TAG.name, [text(TAG.nameValue, found.name), enumeration(TAG.nameType, 1)]),
        enumeration(TAG.state, found.state),
        integer(TAG.cryptographicUsageMask, found.usage),
        structure(TAG.link, [
          enumeration(TAG.linkType, found.type === OBJECT_TYPE.publicKey ? 0x103 : 0x102),
          text(TAG.linkedObjectIdentifier, found.partner),
        ]),
        ...(found.sensitive === null ? [] : [boolean(TAG.sensitive, found.sensitive)]),
      ];
      const wrapped = items.map((item) =>
        structure(TAG.attribute, [
          text(TAG.attributeName, ATTRIBUTE_NAMES.get(item.tag) ?? ''),
          { ...item, tag: TAG.attributeValue },
        ]),
      );
      return [text(TAG.uniqueIdentifier, id), ...(major >= 2 ? [structure(TAG.attributes, items)] : wrapped)];
    },
    locate(payload, { major }) {
      const wanted = attributes(major >= 2 ? needStructure(payload, TAG.attributes) : payload);
      const type = wanted.get(TAG.objectType);
      const most = maybe(payload, TAG.maximumItems, 'integer') ?? Infinity;
      return [...objects]
        .filter(([, one]) => !wanted.has(TAG.name) || one.name === nameIn(wanted))
        .filter(([, one]) => type === undefined || one.type === valueAs(type, 'enumeration'))
        .slice(0, most)
        .map(([id]) => text(TAG.uniqueIdentifier, id));
    },
    modifyAttribute(payload, { major }) {
      const [id, found] = object(payload);
      const given = attributes(major >= 2 ? needStructure(payload, TAG.newAttribute) : payload);
      if (major >= 2 && nameIn(attributes(needStructure(payload, TAG.currentAttribute))) !== found.name)
        throw new FakeRefusal(33, 'no such attribute');
      found.name = nameIn(given);
      return [text(TAG.uniqueIdentifier, id)];
    },
    sign(payload) {
      const [id, found] = object(payload);
      if (found.type !== OBJECT_TYPE.privateKey || found.state !== STATE.active)
        throw new FakeRefusal(12, 'it is no active private key');
      const parameters = needStructure(payload, TAG.cryptographicParameters);
      const [algorithm] = all(parameters, TAG.digitalSignatureAlgorithm, 'enumeration');
      const data = need(payload, TAG.data, 'bytes');
      const made =
        algorithm === undefined
          ? sign('sha256', data, found.key)
          : sign(EC_HASH[algorithm], data, {
              key: found.key,
              dsaEncoding: options.rawEcdsa ? 'ieee-p1363' : 'der',
            });
      return [text(TAG.uniqueIdentifier, id), bytes(TAG.signatureData, made)];
    },
    revoke(payload) {
      const [, found] = object(payload);
      if (found.state !== STATE.active) throw new FakeRefusal(11, 'it is not active');
      found.state = STATE.deactivated;
      return [];
    },
    destroy(payload) {
      const [id, found] = object(payload);
      if (found.state === STATE.active) throw new FakeRefusal(12, 'it is active');
      objects.delete(id);
      return [];
    },
  };

  function keyBlock(key: KeyObject): TtlvItem[] {
    const isEc = key.asymmetricKeyType === 'ec';
    const block = (format: number, material: TtlvItem): TtlvItem[] => [
      enumeration(TAG.keyFormatType, format),
      structure(TAG.keyValue, [material]),
    ];
    if (options.transparent) {
      const jwk = key.export({ format: 'jwk' });
      const part = (name: string): Buffer => Buffer.from(String(jwk[name]), 'base64url');
      const big = (tag: number, name: string): TtlvItem => ({
        tag,
        type: 'bigInteger',
        value: BigInt(`0x${part(name).toString('hex')}`),
      });
      if (!isEc)
        return block(
          KEY_FORMAT.transparentRsaPublicKey,
          structure(TAG.keyMaterial, [big(TAG.modulus, 'n'), big(TAG.publicExponent, 'e')]),
        );
      const curve = Number(Object.entries(CURVES).find(([, name]) => name === jwk.crv)?.[0]);
      return block(
        KEY_FORMAT.transparentEcPublicKey,
        structure(TAG.keyMaterial, [
          enumeration(TAG.recommendedCurve, curve),
          bytes(TAG.qString, Buffer.concat([Uint8Array.of(4), part('x'), part('y')])),
        ]),
      );
    }
    return isEc
      ? block(KEY_FORMAT.x509, bytes(TAG.keyMaterial, key.export({ format: 'der', type: 'spki' })))
      : block(KEY_FORMAT.pkcs1, bytes(TAG.keyMaterial, key.export({ format: 'der', type: 'pkcs1' })));
  }

  return { objects, run: (operation, payload, version) => runs[operation](payload, version) };
}
