/**
 * What a trust anchor has published, as values: TA certificate, issued certificates, CRL, manifest, pending revocations
 * (krill-ta.md 4.3, 4.4). Read from and written to Krill's JSON; nothing is judged here.
 */
import { sha256Hex } from '../lib/bytes.ts';
import { JsonError, type JsonObject, type JsonValue } from '../lib/json-reader.ts';
import { asArray, asBase64, asObject, asText, asWhole, type Plain, toJson } from '../lib/json-shape.ts';
import { isInstant } from '../lib/moment-text.ts';
import { asnText, ipText } from '../rpki/resource-text.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import { byKey, keyIdentifier, resourceLimit, resourceSet } from './documents.ts';

export interface CertInfo {
  uri: string;
  resources: ResourceSet;
  limit: Partial<ResourceSet>;
  /** RFC 3339 with all its digits. */
  notBefore: string;
  notAfter: string;
  serial: bigint;
  caRepository: string;
  rpkiManifest: string;
  rpkiNotify: string | null;
  spkiDer: Uint8Array;
  /** DER of the subject. */
  subjectDer: Uint8Array;
  der: Uint8Array;
}

export interface PublishedObject {
  name: string;
  der: Uint8Array;
  serial: bigint;
  expires: string;
}

export interface Revocation {
  serial: bigint;
  revokedAt: string;
  /** When the revoked certificate ends; then it may leave the CRL. */
  expires: string;
}

export interface TaObjects {
  /** Of manifest and CRL. */
  number: bigint;
  thisUpdate: string;
  nextUpdate: string;
  keyId: string;
  baseUri: string;
  revocations: Revocation[];
  crl: PublishedObject;
  manifest: PublishedObject;
  /** By the subject's key identifier. */
  issued: Map<string, CertInfo>;
}

/** RFC 3339 in UTC, kept as text. Throws JsonError. */
export function instantText(value: JsonValue | undefined, path: string): string {
  const text = asText(value, path);
  if (!isInstant(text)) throw new JsonError('it is no time in UTC', path);
  return text;
}

function serialNumber(value: JsonValue | undefined, path: string): bigint {
  const text = asText(value, path);
  if (!/^\d{1,49}$/.test(text)) throw new JsonError('a serial number in digits is missing here', path);
  return BigInt(text);
}

/** A member that Krill writes and that says nothing: null. */
function marker(object: JsonObject, path: string): void {
  if (object.get('marker') !== null) throw new JsonError('null is missing here', `${path}.marker`);
}

const CERT_FIELDS = [
  'uri',
  'name',
  'resources',
  'limit',
  'subject',
  'validity',
  'serial',
  'ca_repository',
  'rpki_manifest',
  'rpki_notify',
  'key',
  'base64',
  'hash',
  'marker',
] as const;

/** The name is the last part of the URI; Krill loses its first letter right below the module (krill-ta.md 4.3). */
function requireName(uri: string, name: string, path: string): void {
  const [, inModule = ''] = /^rsync:\/\/[^/]+\/[^/]+\/(.*)$/i.exec(uri) ?? [];
  const full = uri.slice(uri.lastIndexOf('/') + 1);
  if (name === full || (inModule === full && name === full.slice(1))) return;
  throw new JsonError('the name is not that of the URI beside it', path);
}

/** Throws JsonError. */
export function readCertInfo(value: JsonValue, path: string): CertInfo {
  const object = asObject(value, path, { required: CERT_FIELDS });
  const text = (name: string): string => asText(object.get(name), `${path}.${name}`);
  const validity = asObject(object.get('validity'), `${path}.validity`, {
    required: ['not_before', 'not_after'],
  });
  const der = asBase64(object.get('base64'), `${path}.base64`);
  if (text('hash') !== sha256Hex(der).toLowerCase())
    throw new JsonError('the hash is not that of the object beside it', `${path}.hash`);
  const notify = object.get('rpki_notify');
  marker(object, path);
  requireName(text('uri'), text('name'), `${path}.name`);
  return {
    uri: text('uri'),
    resources: resourceSet(object.get('resources'), `${path}.resources`),
    limit: resourceLimit(object.get('limit'), `${path}.limit`),
    notBefore: instantText(validity.get('not_before'), `${path}.validity.not_before`),
    notAfter: instantText(validity.get('not_after'), `${path}.validity.not_after`),
    serial: serialNumber(object.get('serial'), `${path}.serial`),
    caRepository: text('ca_repository'),
    rpkiManifest: text('rpki_manifest'),
    rpkiNotify: notify === null ? null : text('rpki_notify'),
    spkiDer: asBase64(object.get('key'), `${path}.key`),
    subjectDer: asBase64(object.get('subject'), `${path}.subject`),
    der,
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const hashOf = (bytes: Uint8Array): string => sha256Hex(bytes).toLowerCase();

export function resourcesJson(set: Partial<ResourceSet>): Plain {
  return {
    ...(set.asn === undefined ? {} : { asn: asnText(set.asn) }),
    ...(set.ipv4 === undefined ? {} : { ipv4: ipText(set.ipv4, 'ipv4') }),
    ...(set.ipv6 === undefined ? {} : { ipv6: ipText(set.ipv6, 'ipv6') }),
  };
}

export function certInfoJson(info: CertInfo): Plain {
  return {
    uri: info.uri,
    name: info.uri.slice(info.uri.lastIndexOf('/') + 1),
    resources: resourcesJson(info.resources),
    limit: resourcesJson(info.limit),
    subject: base64(info.subjectDer),
    validity: { not_before: info.notBefore, not_after: info.notAfter },
    serial: String(info.serial),
    ca_repository: info.caRepository,
    rpki_manifest: info.rpkiManifest,
    rpki_notify: info.rpkiNotify,
    key: base64(info.spkiDer),
    base64: base64(info.der),
    hash: hashOf(info.der),
    marker: null,
  };
}

function readPublished(value: JsonValue | undefined, path: string): PublishedObject {
  const object = asObject(value, path, {
    required: ['name', 'base64', 'hash', 'serial', 'expires', 'marker'],
  });
  marker(object, path);
  const der = asBase64(object.get('base64'), `${path}.base64`);
  if (asText(object.get('hash'), `${path}.hash`) !== hashOf(der))
    throw new JsonError('the hash is not that of the object beside it', `${path}.hash`);
  return {
    name: asText(object.get('name'), `${path}.name`),
    der,
    serial: serialNumber(object.get('serial'), `${path}.serial`),
    expires: instantText(object.get('expires'), `${path}.expires`),
  };
}

const publishedJson = ({ name, der, serial, expires }: PublishedObject): Plain => ({
  name,
  base64: base64(der),
  hash: hashOf(der),
  serial: String(serial),
  expires,
  marker: null,
});

/** Throws JsonError. */
export function readRevocations(value: JsonValue | undefined, path: string): Revocation[] {
  return asArray(value, path).map(([item, at]) => {
    const one = asObject(item, at, { required: ['serial', 'revocation_date', 'expires'] });
    return {
      serial: serialNumber(one.get('serial'), `${at}.serial`),
      revokedAt: instantText(one.get('revocation_date'), `${at}.revocation_date`),
      expires: instantText(one.get('expires'), `${at}.expires`),
    };
  });
}

/** `objects` of signer-info.json and of a response. Throws JsonError. */
export function readObjects(value: JsonValue | undefined, path: string): TaObjects {
  const object = asObject(value, path, {
    required: ['revision', 'key_identifier', 'base_uri', 'revocations', 'crl', 'manifest', 'issued'],
  });
  const revision = asObject(object.get('revision'), `${path}.revision`, {
    required: ['number', 'this_update', 'next_update'],
  });
  return {
    number: asWhole(revision.get('number'), `${path}.revision.number`),
    thisUpdate: instantText(revision.get('this_update'), `${path}.revision.this_update`),
    nextUpdate: instantText(revision.get('next_update'), `${path}.revision.next_update`),
    keyId: keyIdentifier(asText(object.get('key_identifier'), `${path}.key_identifier`), path),
    baseUri: asText(object.get('base_uri'), `${path}.base_uri`),
    revocations: readRevocations(object.get('revocations'), `${path}.revocations`),
    crl: readPublished(object.get('crl'), `${path}.crl`),
    manifest: readPublished(object.get('manifest'), `${path}.manifest`),
    issued: byKey(object.get('issued'), `${path}.issued`, readCertInfo),
  };
}

export function objectsJson(objects: TaObjects): JsonValue {
  return toJson({
    revision: {
      number: objects.number,
      this_update: objects.thisUpdate,
      next_update: objects.nextUpdate,
    },
    key_identifier: objects.keyId,
    base_uri: objects.baseUri,
    revocations: objects.revocations.map(({ serial, revokedAt, expires }) => ({
      serial: String(serial),
      revocation_date: revokedAt,
      expires,
    })),
    crl: publishedJson(objects.crl),
    manifest: publishedJson(objects.manifest),
    issued: Object.fromEntries([...objects.issued].map(([key, info]) => [key, certInfoJson(info)])),
  });
}
