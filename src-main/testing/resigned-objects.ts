/** Signed objects built part by part and really signed (see resigned.ts): the CMS and the four contents. Not shipped. */
import { sign } from 'node:crypto';
import {
  bitStringOf,
  contextConstructed,
  contextPrimitive,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  tlv,
} from '../x509/der-writer.ts';
import {
  asIds,
  at,
  BASE,
  bits,
  type CertificateParts,
  entityCertificate,
  fromHex,
  generalizedTime,
  ipBlocks,
  keys,
  sha256,
  SOME_AS,
  SOME_IP,
} from './resigned.ts';

type Der = Uint8Array;

export const CONTENT = {
  manifest: '1.2.840.113549.1.9.16.1.26',
  roa: '1.2.840.113549.1.9.16.1.24',
  aspa: '1.2.840.113549.1.9.16.1.49',
  ghostbusters: '1.2.840.113549.1.9.16.1.35',
} as const;

export const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'));
/** With its NULL, which means the same. */
export const SHA256_NULL = sequence(oid('2.16.840.1.101.3.4.2.1'), nullValue());

export const attribute = (arc: number, ...values: Der[]): Der =>
  sequence(oid(`1.2.840.113549.1.9.${arc}`), tlv(0x31, ...values));

/** Content type, signing time and digest, in no order. */
export function rightAttributes(type: string, content: Der): { type: Der; time: Der; digest: Der } {
  return {
    type: attribute(3, oid(type)),
    time: attribute(5, time(at('2026-11-24T01:00:00'))),
    digest: attribute(4, octetString(sha256(content))),
  };
}

export interface ObjectParts {
  type?: string;
  content?: Der;
  uri?: string;
  entity?: CertificateParts;
  /** The signed attributes as a SET, instead of the right ones. */
  attributes?: Der;
  version?: Der;
  digests?: Der;
  encapsulated?: Der;
  certificates?: Der[];
  /** Behind the certificates. */
  beside?: Der[];
  signerVersion?: Der;
  signerDigest?: Der;
  signerAlgorithm?: Der;
  /** Behind the signature. */
  afterSignature?: Der[];
  afterSigners?: Der[];
  besideData?: Der[];
  surplus?: Der[];
}

export const fileHash = (name: string, hash: Der = sha256(Buffer.from(name)), ...surplus: Der[]): Der =>
  sequence(tlv(0x16, Buffer.from(name, 'latin1')), bitStringOf(hash), ...surplus);

export interface ManifestParts {
  before?: Der[];
  number?: Der;
  thisUpdate?: Der;
  nextUpdate?: Der;
  algorithm?: Der;
  files?: Der;
  surplus?: Der[];
}

export const CRL_FILE = `${keys.anchor.keyId}.crl`;

/** What a manifest of the anchor says. */
export function manifestContent(parts: ManifestParts = {}): Der {
  return sequence(
    ...(parts.before ?? []),
    parts.number ?? integer(5),
    parts.thisUpdate ?? generalizedTime('20261124010000Z'),
    parts.nextUpdate ?? generalizedTime('20270224010000Z'),
    parts.algorithm ?? oid('2.16.840.1.101.3.4.2.1'),
    parts.files ?? sequence(fileHash(CRL_FILE), fileHash('A.cer')),
    ...(parts.surplus ?? []),
  );
}

/** A signed object under the anchor, by default a right manifest. */
export function signedObject(parts: ObjectParts = {}): Der {
  const { type = CONTENT.manifest, content = manifestContent() } = parts;
  const right = rightAttributes(type, content);
  const attributes = parts.attributes ?? setOf(right.type, right.time, right.digest);
  const implicit = Uint8Array.from(attributes);
  implicit[0] = 0xa0;
  const signer = sequence(
    parts.signerVersion ?? integer(3),
    contextPrimitive(0, fromHex(keys.entity.keyId)),
    parts.signerDigest ?? SHA256,
    implicit,
    parts.signerAlgorithm ?? sequence(oid('1.2.840.113549.1.1.1'), nullValue()),
    octetString(sign('sha256', attributes, keys.entity.key)),
    ...(parts.afterSignature ?? []),
  );
  const data = sequence(
    parts.version ?? integer(3),
    parts.digests ?? setOf(SHA256),
    parts.encapsulated ?? sequence(oid(type), contextConstructed(0, octetString(content))),
    contextConstructed(
      0,
      ...(parts.certificates ?? [
        entityCertificate(parts.uri ?? `${BASE}${keys.anchor.keyId}.mft`, parts.entity),
      ]),
    ),
    ...(parts.beside ?? []),
    setOf(signer),
    ...(parts.afterSigners ?? []),
  );
  return sequence(
    oid('1.2.840.113549.1.7.2'),
    contextConstructed(0, data, ...(parts.besideData ?? [])),
    ...(parts.surplus ?? []),
  );
}

export const manifest = (parts: ManifestParts, object: ObjectParts = {}): Der =>
  signedObject({ content: manifestContent(parts), ...object });

export interface RoaParts {
  before?: Der[];
  as?: Der;
  /** Of 10.0.0.0/8. */
  prefixes?: Der[];
  blocks?: Der;
  besidePrefixes?: Der[];
  surplus?: Der[];
}

export function roa(parts: RoaParts = {}, entity: Record<string, Der | null> = {}): Der {
  const prefixes = sequence(...(parts.prefixes ?? [sequence(bits('0a0a'))]));
  const content = sequence(
    ...(parts.before ?? []),
    parts.as ?? integer(64496),
    parts.blocks ??
      sequence(sequence(octetString(fromHex('0001')), prefixes, ...(parts.besidePrefixes ?? []))),
    ...(parts.surplus ?? []),
  );
  const extensions = { ip: ipBlocks(SOME_IP), as: null, ...entity };
  return signedObject({ type: CONTENT.roa, content, uri: `${BASE}a.roa`, entity: { extensions } });
}

export interface AspaParts {
  version?: Der[];
  customer?: number;
  providers?: number[];
  surplus?: Der[];
}

export function aspa(parts: AspaParts = {}, entity: Record<string, Der | null> = {}): Der {
  const content = sequence(
    ...(parts.version ?? [contextConstructed(0, integer(1))]),
    integer(parts.customer ?? 64496),
    sequence(...(parts.providers ?? [1, 2]).map((one) => integer(one))),
    ...(parts.surplus ?? []),
  );
  const extensions = { ip: null, as: asIds(SOME_AS), ...entity };
  return signedObject({ type: CONTENT.aspa, content, uri: `${BASE}a.asa`, entity: { extensions } });
}

export const CARD = 'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Human\r\nEMAIL:a@example.net\r\nEND:VCARD\r\n';

export function ghostbusters(text: string | Der, entity: Record<string, Der | null> = {}): Der {
  return signedObject({
    type: CONTENT.ghostbusters,
    content: typeof text === 'string' ? Buffer.from(text) : text,
    uri: `${BASE}a.gbr`,
    entity: { extensions: entity },
  });
}
