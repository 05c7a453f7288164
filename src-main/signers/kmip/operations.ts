/**
 * The operations that Baleen asks of a KMIP server (KMIP 1.4, 4; attributes as 2.0, 6.1 writes them where the server
 * speaks that): what goes into the request, what is read from the answer. Nothing is sent here.
 */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { DeviceError } from '../device.ts';
import {
  all,
  boolean,
  bytes,
  enumeration,
  integer,
  itemsOf,
  maybe,
  need,
  needStructure,
  structure,
  text,
} from './items.ts';
import { type KmipVersion, readVersion, versionItem } from './message.ts';
import {
  ATTRIBUTE_NAMES,
  CRYPTOGRAPHIC_ALGORITHM,
  HASHING_ALGORITHM,
  NAME_TYPE,
  type OperationName,
  PADDING_METHOD,
  QUERY_FUNCTION,
  RECOMMENDED_CURVE,
  REVOCATION_REASON,
  SIGNATURE_ALGORITHM,
  TAG,
  USAGE,
} from './names.ts';
import { readPublicKey } from './public-key.ts';
import type { TtlvItem } from './ttlv.ts';

export interface KmipOperation<T> {
  name: OperationName;
  /** Doing it twice does no harm: it may be sent again when a pooled connection turns out to be dead. */
  repeatable: boolean;
  payload(version: KmipVersion): TtlvItem[];
  /** Throws TtlvError when the payload is not what the standard says. */
  read(payload: TtlvItem): T;
}

/** Attributes of an object: each value under the tag that names it in KMIP 2.x. */
export type KmipAttributes = ReadonlyMap<number, TtlvItem[]>;

const identified = (id: string): TtlvItem => text(TAG.uniqueIdentifier, id);

/** Name as an attribute. */
const nameItem = (name: string): TtlvItem =>
  structure(TAG.name, [text(TAG.nameValue, name), enumeration(TAG.nameType, NAME_TYPE.text)]);

/** An attribute as KMIP 1.x wraps it: its name in text, its value under one tag. */
function wrapped(item: TtlvItem): TtlvItem {
  return structure(TAG.attribute, [
    text(TAG.attributeName, ATTRIBUTE_NAMES.get(item.tag) ?? ''),
    { ...item, tag: TAG.attributeValue },
  ]);
}

/** A set of attributes: under `tag1` in KMIP 1.x, under `tag2` in 2.x. */
function template(version: KmipVersion, tag1: number, tag2: number, items: TtlvItem[]): TtlvItem {
  return version.major >= 2 ? structure(tag2, items) : structure(tag1, items.map(wrapped));
}

export function queryServer(): KmipOperation<{ operations: number[]; vendor: string }> {
  return {
    name: 'query',
    repeatable: true,
    payload: () =>
      [QUERY_FUNCTION.operations, QUERY_FUNCTION.objects, QUERY_FUNCTION.serverInformation].map((one) =>
        enumeration(TAG.queryFunction, one),
      ),
    read: (payload) => ({
      operations: all(payload, TAG.operation, 'enumeration'),
      vendor: maybe(payload, TAG.vendorIdentification, 'text') ?? '',
    }),
  };
}

/** The versions of `offered` that the server speaks as well. */
export function discoverVersions(offered: readonly KmipVersion[]): KmipOperation<KmipVersion[]> {
  return {
    name: 'discoverVersions',
    repeatable: true,
    payload: () => offered.map(versionItem),
    read: (payload) =>
      itemsOf(payload)
        .filter((item) => item.tag === TAG.protocolVersion)
        .map(readVersion),
  };
}

const LENGTHS: Record<KeyAlgorithm, number | null> = {
  'rsa-2048': 2048,
  'rsa-3072': 3072,
  'rsa-4096': 4096,
  'p-256': 256,
  'p-384': 384,
  'p-521': 521,
  ed25519: null,
};
const CURVES: Partial<Record<KeyAlgorithm, number>> = {
  'p-256': RECOMMENDED_CURVE.p256,
  'p-384': RECOMMENDED_CURVE.p384,
  'p-521': RECOMMENDED_CURVE.p521,
};

/** What KMIP has names for and Baleen a signature scheme. */
export const KMIP_ALGORITHMS: readonly KeyAlgorithm[] = [
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
  'p-256',
  'p-384',
  'p-521',
];

/** As Krill asks for it (krill-ta.md 9.3), and the curves beside. */
export function createKeyPair(wanted: {
  algorithm: KeyAlgorithm;
  privateName: string;
  publicName: string;
  /** Asks that the server never gives the private key away (from KMIP 1.4 on); Krill does not ask. */
  sensitive: boolean;
}): KmipOperation<{ privateId: string; publicId: string }> {
  const curve = CURVES[wanted.algorithm];
  const common = [
    enumeration(
      TAG.cryptographicAlgorithm,
      curve === undefined ? CRYPTOGRAPHIC_ALGORITHM.rsa : CRYPTOGRAPHIC_ALGORITHM.ecdsa,
    ),
    integer(TAG.cryptographicLength, LENGTHS[wanted.algorithm] ?? 0),
    ...(curve === undefined
      ? []
      : [structure(TAG.cryptographicDomainParameters, [enumeration(TAG.recommendedCurve, curve)])]),
  ];
  const half = (name: string, usage: number): TtlvItem[] => [
    nameItem(name),
    integer(TAG.cryptographicUsageMask, usage),
  ];
  return {
    name: 'createKeyPair',
    repeatable: false,
    payload: (version) => [
      template(version, TAG.commonTemplateAttribute, TAG.commonAttributes, common),
      template(version, TAG.privateKeyTemplateAttribute, TAG.privateKeyAttributes, [
        ...half(wanted.privateName, USAGE.sign),
        ...(wanted.sensitive ? [boolean(TAG.sensitive, true)] : []),
      ]),
      template(
        version,
        TAG.publicKeyTemplateAttribute,
        TAG.publicKeyAttributes,
        half(wanted.publicName, USAGE.verify),
      ),
    ],
    read: (payload) => ({
      privateId: need(payload, TAG.privateKeyUniqueIdentifier, 'text'),
      publicId: need(payload, TAG.publicKeyUniqueIdentifier, 'text'),
    }),
  };
}

export function activate(id: string): KmipOperation<void> {
  return { name: 'activate', repeatable: false, payload: () => [identified(id)], read: () => undefined };
}

/** SubjectPublicKeyInfo, DER, of a public key object; null when it is of a kind that Baleen does not use. */
export function getPublicKey(id: string): KmipOperation<Uint8Array | null> {
  return {
    name: 'get',
    repeatable: true,
    payload: () => [identified(id)],
    read: (payload) => readPublicKey(needStructure(needStructure(payload, TAG.publicKey), TAG.keyBlock)),
  };
}

/** Every attribute that the server tells; those without a name here are left out. */
export function getAttributes(id: string): KmipOperation<KmipAttributes> {
  const tags = new Map([...ATTRIBUTE_NAMES].map(([tag, name]) => [name, tag]));
  return {
    name: 'getAttributes',
    repeatable: true,
    payload: () => [identified(id)],
    read(payload) {
      const found = new Map<number, TtlvItem[]>();
      const add = (tag: number, item: TtlvItem): void =>
        void found.set(tag, [...(found.get(tag) ?? []), item]);
      for (const item of itemsOf(payload)) {
        if (item.tag === TAG.attribute) {
          const tag = tags.get(need(item, TAG.attributeName, 'text'));
          const value = itemsOf(item).find((child) => child.tag === TAG.attributeValue);
          if (tag !== undefined && value !== undefined) add(tag, { ...value, tag });
        }
        if (item.tag === TAG.attributes) for (const child of itemsOf(item)) add(child.tag, child);
      }
      return found;
    },
  };
}

/** Identifiers of the objects that have all these attributes. */
export function locate(
  wanted: { name?: string; objectType?: number },
  most: number,
): KmipOperation<string[]> {
  const items = [
    ...(wanted.name === undefined ? [] : [nameItem(wanted.name)]),
    ...(wanted.objectType === undefined ? [] : [enumeration(TAG.objectType, wanted.objectType)]),
  ];
  return {
    name: 'locate',
    repeatable: true,
    payload: (version) => [
      integer(TAG.maximumItems, most),
      ...(version.major >= 2 ? [structure(TAG.attributes, items)] : items.map(wrapped)),
    ],
    read(payload) {
      const ids = all(payload, TAG.uniqueIdentifier, 'text');
      if (ids.length <= most) return ids;
      // SECURITY: each is asked for, one by one.
      throw new DeviceError(
        'refused',
        'TOO_MANY_OBJECTS',
        `The server names ${ids.length} objects, and ${most} were asked for: let it honour Maximum Items.`,
      );
    },
  };
}

/** Gives its first name another text. KMIP 2.x wants to know the one it has. */
export function rename(id: string, from: string, to: string): KmipOperation<void> {
  return {
    name: 'modifyAttribute',
    repeatable: true,
    payload: (version) => [
      identified(id),
      ...(version.major >= 2
        ? [structure(TAG.currentAttribute, [nameItem(from)]), structure(TAG.newAttribute, [nameItem(to)])]
        : [wrapped(nameItem(to))]),
    ],
    read: () => undefined,
  };
}

const EC_HASHES: Partial<Record<KeyAlgorithm, { hash: number; signature: number }>> = {
  'p-256': { hash: HASHING_ALGORITHM.sha256, signature: SIGNATURE_ALGORITHM.ecdsaSha256 },
  'p-384': { hash: HASHING_ALGORITHM.sha384, signature: SIGNATURE_ALGORITHM.ecdsaSha384 },
  'p-521': { hash: HASHING_ALGORITHM.sha512, signature: SIGNATURE_ALGORITHM.ecdsaSha512 },
};

/** The server hashes `data`. RSA as Krill asks: PKCS #1 v1.5 with SHA-256. The signature is as the server makes it. */
export function sign(id: string, algorithm: KeyAlgorithm, data: Uint8Array): KmipOperation<Uint8Array> {
  const curve = EC_HASHES[algorithm];
  const parameters =
    curve === undefined
      ? [
          enumeration(TAG.paddingMethod, PADDING_METHOD.pkcs1v15),
          enumeration(TAG.hashingAlgorithm, HASHING_ALGORITHM.sha256),
          enumeration(TAG.cryptographicAlgorithm, CRYPTOGRAPHIC_ALGORITHM.rsa),
        ]
      : [
          enumeration(TAG.hashingAlgorithm, curve.hash),
          enumeration(TAG.digitalSignatureAlgorithm, curve.signature),
          enumeration(TAG.cryptographicAlgorithm, CRYPTOGRAPHIC_ALGORITHM.ecdsa),
        ];
  return {
    name: 'sign',
    repeatable: true,
    payload: () => [
      identified(id),
      structure(TAG.cryptographicParameters, parameters),
      bytes(TAG.data, data),
    ],
    read: (payload) => need(payload, TAG.signatureData, 'bytes'),
  };
}

/** Ends the use of an active key; one that is not active need not and cannot be revoked for this reason. */
export function revoke(id: string): KmipOperation<void> {
  return {
    name: 'revoke',
    repeatable: true,
    payload: () => [
      identified(id),
      structure(TAG.revocationReason, [
        enumeration(TAG.revocationReasonCode, REVOCATION_REASON.cessationOfOperation),
      ]),
    ],
    read: () => undefined,
  };
}

export function destroy(id: string): KmipOperation<void> {
  return { name: 'destroy', repeatable: true, payload: () => [identified(id)], read: () => undefined };
}
