/**
 * The CMS of a signed object (RFC 6488, 9589): its parts and what the profile does not allow in them. The end entity's
 * certificate and the content are judged elsewhere.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  ANY,
  children,
  exactly,
  expectTag,
  oidText,
  optional,
  readWhole,
  smallInteger,
  TAG,
  timeValue,
  type Tlv,
} from '../x509/der-reader.ts';
import { tlv } from '../x509/der-writer.ts';
import { X509Error } from '../x509/x509-error.ts';
import { hex, isSha256WithRsa, RSA } from './certificate-fields.ts';
import type { Faults } from './fault.ts';

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  sha256: '2.16.840.1.101.3.4.2.1',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
} as const;

export interface SignedObject {
  /** eContentType. */
  contentType: string;
  content: Uint8Array;
  /** DER of the end entity's certificate. */
  certificateDer: Uint8Array;
  /** DER of the CRLs inside, one in a message; null, as in a repository object: there is no place for them. */
  crls: Uint8Array[] | null;
  /** Upper-case hex. */
  signerKeyId: string;
  signingTime: Date | null;
  /** Digest and signature hold under `spkiDer`. */
  holds(spkiDer: Uint8Array): boolean;
}

/** SHA-256; its parameters are absent or NULL, which is the same (RFC 5754 2). */
function digestAlgorithm(faults: Faults, algorithm: Tlv, what: string): void {
  const [type] = exactly(expectTag(algorithm, TAG.sequence, what), what, TAG.oid, optional(TAG.null));
  faults.check(oidText(type) === OID.sha256, `${what} is not SHA-256`, 'RFC 7935 2');
}

/** The value of each attribute; an attribute with several values or standing twice is a fault. */
function attributes(faults: Faults, set: Tlv): Map<string, Tlv> {
  const found = new Map<string, Tlv>();
  const clause = 'RFC 6488 2.1.6.4';
  const entries = children(set);
  const sorted = entries.every(
    ({ raw }, at) => at === 0 || Buffer.compare(entries[at - 1]?.raw ?? raw, raw) < 0,
  );
  faults.check(sorted, 'the signed attributes are not in DER order', 'X.690 11.6');
  for (const entry of entries) {
    const what = 'a signed attribute';
    const [type, values] = exactly(expectTag(entry, TAG.sequence, what), what, TAG.oid, TAG.set);
    const name = oidText(type);
    const list = children(values);
    const [value] = list;
    faults.check(!found.has(name), `the signed attribute ${name} stands twice`, clause);
    faults.check(list.length === 1, `the signed attribute ${name} has ${list.length} values`, clause);
    if (value !== undefined) found.set(name, value);
  }
  const known: readonly string[] = [OID.contentType, OID.messageDigest, OID.signingTime];
  for (const name of found.keys())
    faults.check(known.includes(name), `the signed attribute ${name} is not allowed`, 'RFC 9589 4');
  return found;
}

function signatureHolds(spkiDer: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(spkiDer), format: 'der', type: 'spki' });
    return verify('sha256', data, key, signature);
  } catch {
    // A key that cannot be read verifies nothing.
    return false;
  }
}

interface Signer {
  keyId: string;
  attributes: Map<string, Tlv>;
  attributesDer: Uint8Array;
  signature: Uint8Array;
}

function readSigner(faults: Faults, info: Tlv): Signer {
  const [version, sid, digest, set, algorithm, signature, unsigned] = exactly(
    expectTag(info, TAG.sequence, 'the signer'),
    'the signer',
    TAG.integer,
    ANY,
    TAG.sequence,
    0xa0,
    TAG.sequence,
    TAG.octetString,
    optional(0xa1),
  );
  const clause = 'RFC 6488 2.1.6';
  faults.check(smallInteger(version, 'the version') === 3, 'the version of the signer is not 3', clause);
  faults.check(
    sid.tag === 0x80 && sid.content.length === 20,
    'the signer is not named by its key identifier',
    clause,
  );
  digestAlgorithm(faults, digest, 'the digest algorithm of the signer');
  faults.check(
    hex(algorithm.raw) === RSA || isSha256WithRsa(algorithm),
    'the signature algorithm is not RSA with NULL parameters',
    'RFC 7935 2',
  );
  faults.check(unsigned === undefined, 'there are unsigned attributes', 'RFC 6488 2.1.6.7');
  return {
    keyId: hex(sid.content).toUpperCase(),
    attributes: attributes(faults, set),
    // RFC 5652 5.4: signed as a SET, not as [0].
    attributesDer: tlv(TAG.set, set.content),
    signature: signature.content,
  };
}

/** UTCTime through 2049, GeneralizedTime from 2050. Throws X509Error when it is no time. */
function signingTime(faults: Faults, time: Tlv): Date {
  const at = timeValue(time, 'the signing time');
  faults.check(
    (time.tag === TAG.utcTime) === at.getUTCFullYear() < 2050,
    'the signing time has the wrong type: UTCTime through 2049, GeneralizedTime from 2050',
    'RFC 5652 11.3',
  );
  return at;
}

/** Reads the CMS of `der`. Throws X509Error when it is no signed data, or not made as RFC 5652 5.1 says. */
export function readSignedObject(der: Uint8Array, faults: Faults): SignedObject {
  const whole = 'the signed object';
  const [type, wrapped] = exactly(readWhole(der, TAG.sequence, whole), whole, TAG.oid, 0xa0);
  if (oidText(type) !== OID.signedData) throw new X509Error('it is no signed object');
  const data = 'the signed data';
  const [version, digests, encapsulated, certificateSet, crlSet, signers] = exactly(
    readWhole(wrapped.content, TAG.sequence, data),
    data,
    TAG.integer,
    TAG.set,
    TAG.sequence,
    optional(0xa0),
    optional(0xa1),
    TAG.set,
  );
  faults.check(smallInteger(version, 'the version') === 3, 'the version is not 3', 'RFC 6488 2.1.1');
  const algorithms = children(digests);
  faults.check(algorithms.length === 1, 'there is not one digest algorithm', 'RFC 6488 2.1.2');
  for (const algorithm of algorithms) digestAlgorithm(faults, algorithm, 'the digest algorithm');
  const [contentType, holder] = exactly(encapsulated, 'the content', TAG.oid, 0xa0);
  const [octets] = exactly(holder, 'the content', TAG.octetString);
  const { content } = octets;
  faults.check(content.length > 0, 'the content is empty', 'RFC 6488 2.1.3.2');
  const certificates = certificateSet === undefined ? [] : children(certificateSet);
  const [certificate] = certificates;
  faults.check(
    certificates.length === 1,
    `there are ${certificates.length} certificates instead of one`,
    'RFC 6488 2.1.4',
  );
  const infos = children(signers);
  const [info] = infos;
  faults.check(infos.length === 1, `there are ${infos.length} signers instead of one`, 'RFC 6488 2.1.6');
  if (info === undefined) throw new X509Error('nobody signed it');
  const signer = readSigner(faults, info);
  const name = oidText(contentType);
  const said = signer.attributes.get(OID.contentType);
  faults.check(
    said?.tag === TAG.oid && oidText(said) === name,
    'the signed content type is not the one of the content',
    'RFC 6488 2.1.6.4.1',
  );
  const digest = signer.attributes.get(OID.messageDigest);
  faults.check(digest?.tag === TAG.octetString, 'there is no message digest', 'RFC 6488 2.1.6.4.2');
  const time = signer.attributes.get(OID.signingTime);
  faults.check(time !== undefined, 'there is no signing time', 'RFC 9589 4');
  return {
    contentType: name,
    content,
    certificateDer: certificate?.raw ?? new Uint8Array(),
    crls: crlSet === undefined ? null : children(crlSet).map(({ raw }) => raw),
    signerKeyId: signer.keyId,
    signingTime: time === undefined ? null : faults.read('RFC 9589 4', () => signingTime(faults, time)),
    holds: (spkiDer) =>
      digest !== undefined &&
      hex(digest.content) === createHash('sha256').update(content).digest('hex') &&
      signatureHolds(spkiDer, signer.attributesDer, signer.signature),
  };
}
