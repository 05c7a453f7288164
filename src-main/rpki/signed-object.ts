/**
 * The CMS of a signed object (RFC 6488, 9589): its parts and what the profile does not allow in them. The end entity's
 * certificate and the content are judged elsewhere.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  children,
  expectTag,
  oidText,
  readWhole,
  smallInteger,
  TAG,
  timeValue,
  type Tlv,
} from '../x509/der-reader.ts';
import { tlv } from '../x509/der-writer.ts';
import { X509Error } from '../x509/x509-error.ts';
import { hex } from './certificate-fields.ts';
import type { Faults } from './fault.ts';

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  sha256: '2.16.840.1.101.3.4.2.1',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  rsa: '1.2.840.113549.1.1.1',
  sha256WithRsa: '1.2.840.113549.1.1.11',
} as const;

export interface SignedObject {
  /** eContentType. */
  contentType: string;
  content: Uint8Array;
  /** DER of the end entity's certificate. */
  certificateDer: Uint8Array;
  /** DER of the CRLs inside: none in a repository object, one in a message. */
  crls: Uint8Array[];
  /** Upper-case hex. */
  signerKeyId: string;
  signingTime: Date | null;
  /** Digest and signature hold under `spkiDer`. */
  holds(spkiDer: Uint8Array): boolean;
}

function part(list: Tlv[], at: number, what: string): Tlv {
  const found = list[at];
  if (found === undefined) throw new X509Error(`${what} is missing`);
  return found;
}

function digestAlgorithm(faults: Faults, algorithm: Tlv, what: string): void {
  const [type, parameters, ...more] = children(expectTag(algorithm, TAG.sequence, what));
  faults.check(
    type !== undefined &&
      oidText(type) === OID.sha256 &&
      more.length === 0 &&
      (parameters === undefined || parameters.tag === TAG.null),
    `${what} is not SHA-256`,
    'RFC 7935 2',
  );
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
    const [type, values] = children(expectTag(entry, TAG.sequence, 'a signed attribute'));
    const name = oidText(expectTag(type, TAG.oid, 'a signed attribute'));
    const list = children(expectTag(values, TAG.set, 'the values of an attribute'));
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

function readSigner(faults: Faults, info: Tlv, digests: Tlv): Signer {
  const fields = children(expectTag(info, TAG.sequence, 'the signer'));
  const clause = 'RFC 6488 2.1.6';
  faults.check(
    smallInteger(part(fields, 0, 'the version'), 'the version') === 3,
    'the version of the signer is not 3',
    clause,
  );
  const sid = part(fields, 1, 'the signer identifier');
  faults.check(
    sid.tag === 0x80 && sid.content.length === 20,
    'the signer is not named by its key identifier',
    clause,
  );
  const digest = part(fields, 2, 'the digest algorithm');
  digestAlgorithm(faults, digest, 'the digest algorithm of the signer');
  faults.check(
    children(digests).some(({ raw }) => hex(raw) === hex(digest.raw)),
    'the digest algorithm of the signer is not in the list',
    'RFC 5652 5.1',
  );
  const set = part(fields, 3, 'the signed attributes');
  if (set.tag !== 0xa0) throw new X509Error('there are no signed attributes');
  const [type, parameters, ...more] = children(expectTag(fields[4], TAG.sequence, 'the signature algorithm'));
  const name = type === undefined ? '' : oidText(type);
  faults.check(
    (name === OID.rsa || name === OID.sha256WithRsa) && parameters?.tag === TAG.null && more.length === 0,
    'the signature algorithm is not RSA with NULL parameters',
    'RFC 7935 2',
  );
  const signature = expectTag(part(fields, 5, 'the signature'), TAG.octetString, 'the signature');
  faults.check(fields.length === 6, 'there are unsigned attributes', 'RFC 6488 2.1.6.7');
  return {
    keyId: hex(sid.content).toUpperCase(),
    attributes: attributes(faults, set),
    // RFC 5652 5.4: signed as a SET, not as [0].
    attributesDer: tlv(TAG.set, set.content),
    signature: signature.content,
  };
}

/** Reads the CMS of `der`. Throws X509Error when it is no signed data at all. */
export function readSignedObject(der: Uint8Array, faults: Faults): SignedObject {
  const [type, wrapped] = children(readWhole(der, TAG.sequence, 'the signed object'));
  if (type === undefined || oidText(type) !== OID.signedData || wrapped?.tag !== 0xa0)
    throw new X509Error('it is no signed object');
  const fields = children(readWhole(wrapped.content, TAG.sequence, 'the signed data'));
  faults.check(
    smallInteger(part(fields, 0, 'the version'), 'the version') === 3,
    'the version is not 3',
    'RFC 6488 2.1.1',
  );
  const digests = expectTag(part(fields, 1, 'the digest algorithms'), TAG.set, 'the digest algorithms');
  faults.check(children(digests).length === 1, 'there is not one digest algorithm', 'RFC 6488 2.1.2');
  for (const algorithm of children(digests)) digestAlgorithm(faults, algorithm, 'the digest algorithm');
  const [contentType, holder] = children(
    expectTag(part(fields, 2, 'the content'), TAG.sequence, 'the content'),
  );
  const octets = holder?.tag === 0xa0 ? children(holder)[0] : undefined;
  const content = expectTag(octets, TAG.octetString, 'the content').content;
  const certificates = fields.filter(({ tag }) => tag === 0xa0).flatMap((field) => children(field));
  const [certificate] = certificates;
  faults.check(
    certificates.length === 1,
    `there are ${certificates.length} certificates instead of one`,
    'RFC 6488 2.1.4',
  );
  const crls = fields.filter(({ tag }) => tag === 0xa1).flatMap((field) => children(field));
  const infos = children(expectTag(fields.at(-1), TAG.set, 'the signers'));
  faults.check(infos.length === 1, `there are ${infos.length} signers instead of one`, 'RFC 6488 2.1.6');
  const signer = readSigner(faults, part(infos, 0, 'the signer'), digests);
  const name = oidText(expectTag(contentType, TAG.oid, 'the content type'));
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
    crls: crls.map(({ raw }) => raw),
    signerKeyId: signer.keyId,
    signingTime:
      time === undefined ? null : faults.read('RFC 9589 4', () => timeValue(time, 'the signing time')),
    holds: (spkiDer) =>
      digest !== undefined &&
      hex(digest.content) === createHash('sha256').update(content).digest('hex') &&
      signatureHolds(spkiDer, signer.attributesDer, signer.signature),
  };
}
