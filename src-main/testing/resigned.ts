/**
 * RPKI objects built part by part and really signed with test keys, so that a wrong clause is not hidden behind a broken
 * signature: each maker takes the parts that differ from a right object. Not shipped.
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { children, readTlv, TAG } from '../x509/der-reader.ts';
import {
  bitStringOf,
  boolean,
  contextConstructed,
  contextPrimitive,
  integer,
  nullValue,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  time,
  tlv,
} from '../x509/der-writer.ts';
import { keyId } from '../x509/public-key.ts';

type Der = Uint8Array;

export interface TestKey {
  key: KeyObject;
  spkiDer: Der;
  keyId: string;
}

export function resignKey(modulusLength = 2048, publicExponent = 65537): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  const spkiDer = publicKey.export({ format: 'der', type: 'spki' });
  return { key: privateKey, spkiDer, keyId: keyId(spkiDer) };
}

/** Anchor, child, end entity: made once for a test file. */
export const keys = { anchor: resignKey(), child: resignKey(), entity: resignKey() };

export const fromHex = (hex: string): Der => new Uint8Array(Buffer.from(hex, 'hex'));
export const at = (text: string): Date => new Date(`${text}Z`);
/** When all of it is judged. */
export const NOW = at('2026-11-24T02:00:00');
export const BASE = 'rsync://localhost/repo/';

export const nameOf = (text: string): Der => sequence(setOf(sequence(oid('2.5.4.3'), printableString(text))));
export const uriName = (uri: string): Der => contextPrimitive(6, Buffer.from(uri, 'latin1'));
export const generalizedTime = (text: string): Der => tlv(0x18, Buffer.from(text));
/** A bit string of these octets. */
export const bits = (hex: string, unused = 0): Der => bitStringOf(fromHex(hex), unused);

/** `critical` null: written out as FALSE, which is not DER. */
export function extension(dotted: string, critical: boolean | null, value: Der, ...surplus: Der[]): Der {
  const flag = critical === true ? [boolean(true)] : critical === null ? [boolean(false)] : [];
  return sequence(oid(dotted), ...flag, octetString(value), ...surplus);
}

/** An access description by the last arc of its method; `tag` 6 is a URI. */
export function access(arc: number, uri: string, tag = 6): Der {
  return sequence(oid(`1.3.6.1.5.5.7.48.${arc}`), contextPrimitive(tag, Buffer.from(uri, 'latin1')));
}

export const informationAccess = (arc: 1 | 11, ...descriptions: Der[]): Der =>
  extension(`1.3.6.1.5.5.7.1.${arc}`, false, sequence(...descriptions));
export const ipBlocks = (value: Der): Der => extension('1.3.6.1.5.5.7.1.7', true, value);
export const asIds = (value: Der): Der => extension('1.3.6.1.5.5.7.1.8', true, value);
export const family = (afi: string, ...addresses: Der[]): Der =>
  sequence(octetString(fromHex(afi)), sequence(...addresses));
export const authorityKey = (id: string): Der =>
  extension('2.5.29.35', false, sequence(contextPrimitive(0, fromHex(id))));
export const pointsTo = (...points: Der[]): Der => extension('2.5.29.31', false, sequence(...points));
export const fullName = (...names: Der[]): Der => contextConstructed(0, ...names);
export const point = (...uris: string[]): Der => sequence(fullName(fullName(...uris.map(uriName))));
export const policy = (...parts: Der[]): Der =>
  extension('2.5.29.32', true, sequence(sequence(oid('1.3.6.1.5.5.7.14.2'), ...parts)));

export const SOME_IP = sequence(family('0001', bits('0a')));
export const SOME_AS = sequence(contextConstructed(0, sequence(integer(64496))));
export const ALGORITHM = sequence(oid('1.2.840.113549.1.1.11'), nullValue());
/** Where the child publishes. */
export const FOLDER = `${BASE}x/0/`;

/** The signed part under its algorithm and a signature by `by`. */
function signed(tbs: Der, by: TestKey, surplus: readonly Der[] = []): Der {
  return sequence(tbs, ALGORITHM, bitStringOf(sign('sha256', tbs, by.key)), ...surplus);
}

const RSA_WITH = { sha1: 5, sha256: 11, sha512: 13 } as const;
export type Hash = keyof typeof RSA_WITH;
/** The AlgorithmIdentifier of RSA with `hash`, with its NULL or `bare`. */
export const rsaWith = (hash: Hash, bare = false): Der =>
  sequence(oid(`1.2.840.113549.1.1.${RSA_WITH[hash]}`), ...(bare ? [] : [nullValue()]));

/** A certificate or CRL signed anew by `key` under other algorithm identifiers, the one inside and the one outside. */
export function signedAs(der: Der, [inner, outer]: readonly [Der, Der], hash: Hash, key: KeyObject): Der {
  const [old] = children(readTlv(der));
  const parts = old === undefined ? [] : children(old);
  const place = parts.findIndex(({ tag }) => tag === TAG.sequence);
  const tbs = sequence(...parts.map(({ raw }) => raw).with(place, inner));
  return sequence(tbs, outer, bitStringOf(sign(hash, tbs, key)));
}

export interface CertificateParts {
  key?: TestKey;
  by?: TestKey;
  version?: Der;
  serial?: Der;
  issuer?: Der;
  subject?: Der;
  validity?: Der;
  spki?: Der;
  /** By name; null leaves one out; a new name adds one. */
  extensions?: Record<string, Der | null>;
  /** Behind the list of extensions, in its [3]. */
  besideExtensions?: Der[];
  /** Behind the last field of the signed part. */
  afterFields?: Der[];
  /** Behind the signature. */
  surplus?: Der[];
}

export function validity(from = '2026-11-24T00:00:00', to = '2027-11-24T00:00:00', ...more: Der[]): Der {
  return sequence(time(at(from)), time(at(to)), ...more);
}

/** A child of the anchor, by default right in every clause. */
export function certificate(parts: CertificateParts = {}): Der {
  const { key = keys.child, by = keys.anchor } = parts;
  const extensions: Record<string, Der | null> = {
    basic: extension('2.5.29.19', true, sequence(boolean(true))),
    subjectKey: extension('2.5.29.14', false, octetString(fromHex(key.keyId))),
    authorityKey: authorityKey(by.keyId),
    usage: extension('2.5.29.15', true, fromHex('03020106')),
    crl: pointsTo(point(`${BASE}${keys.anchor.keyId}.crl`)),
    issuer: informationAccess(1, access(2, 'rsync://localhost/ta/ta.cer')),
    subject: informationAccess(11, access(5, FOLDER), access(10, `${FOLDER}${key.keyId}.mft`)),
    policy: policy(),
    ip: ipBlocks(SOME_IP),
    as: asIds(SOME_AS),
    ...parts.extensions,
  };
  const tbs = sequence(
    parts.version ?? contextConstructed(0, integer(2)),
    parts.serial ?? integer(12345),
    ALGORITHM,
    parts.issuer ?? nameOf(by.keyId),
    parts.validity ?? validity(),
    parts.subject ?? nameOf(key.keyId),
    parts.spki ?? key.spkiDer,
    contextConstructed(
      3,
      sequence(...Object.values(extensions).filter((one) => one !== null)),
      ...(parts.besideExtensions ?? []),
    ),
    ...(parts.afterFields ?? []),
  );
  return signed(tbs, by, parts.surplus);
}

const ALL_IP = sequence(
  family('0001', bitStringOf(new Uint8Array())),
  family('0002', bitStringOf(new Uint8Array())),
);
const ALL_AS = sequence(contextConstructed(0, sequence(sequence(integer(0), integer(4_294_967_295)))));

/** The trust anchor, which signs itself. */
export function anchorCertificate(parts: CertificateParts = {}): Der {
  const key = keys.anchor;
  return certificate({
    key,
    by: key,
    ...parts,
    extensions: {
      authorityKey: null,
      crl: null,
      issuer: null,
      subject: informationAccess(11, access(5, BASE), access(10, `${BASE}${key.keyId}.mft`)),
      ip: ipBlocks(ALL_IP),
      as: asIds(ALL_AS),
      ...parts.extensions,
    },
  });
}

const INHERIT_IP = sequence(
  sequence(octetString(fromHex('0001')), nullValue()),
  sequence(octetString(fromHex('0002')), nullValue()),
);
const INHERIT_AS = sequence(contextConstructed(0, nullValue()));

/** The certificate of the key that signs one object at `uri`; it inherits. */
export function entityCertificate(uri: string, parts: CertificateParts = {}): Der {
  return certificate({
    key: keys.entity,
    ...parts,
    extensions: {
      basic: null,
      usage: extension('2.5.29.15', true, fromHex('03020780')),
      subject: informationAccess(11, access(11, uri)),
      ip: ipBlocks(INHERIT_IP),
      as: asIds(INHERIT_AS),
      ...parts.extensions,
    },
  });
}

export interface CrlParts {
  version?: Der;
  issuer?: Der;
  thisUpdate?: Der;
  /** null: left out. */
  nextUpdate?: Der | null;
  entries?: Der;
  number?: Der;
  extensions?: Der | null;
  besideExtensions?: Der[];
  afterFields?: Der[];
  surplus?: Der[];
}

/** The CRL of the anchor. */
export function crl(parts: CrlParts = {}): Der {
  const { nextUpdate = time(at('2027-02-24T01:00:00')), entries } = parts;
  const extensions = sequence(
    authorityKey(keys.anchor.keyId),
    extension('2.5.29.20', false, parts.number ?? integer(7)),
  );
  const tbs = sequence(
    parts.version ?? integer(1),
    ALGORITHM,
    parts.issuer ?? nameOf(keys.anchor.keyId),
    parts.thisUpdate ?? time(at('2026-11-24T01:00:00')),
    ...(nextUpdate === null ? [] : [nextUpdate]),
    ...(entries === undefined ? [] : [entries]),
    ...(parts.extensions === null
      ? []
      : [contextConstructed(0, parts.extensions ?? extensions, ...(parts.besideExtensions ?? []))]),
    ...(parts.afterFields ?? []),
  );
  return signed(tbs, keys.anchor, parts.surplus);
}

export const sha256 = (data: Der): Der => new Uint8Array(createHash('sha256').update(data).digest());
