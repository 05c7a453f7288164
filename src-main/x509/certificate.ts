/** A certificate taken apart (RFC 5280 4.1): fields as they stand, extensions still in DER. No judgement and no view. */
import { toHex } from '../lib/bytes.ts';
import {
  bigInteger,
  wholeOctets,
  children,
  expectTag,
  oidText,
  readTlv,
  readWhole,
  smallInteger,
  TAG,
  timeValue,
  type Tlv,
} from './der-reader.ts';
import { type Extension, readExtensions } from './extension-reader.ts';
import { X509Error } from './x509-error.ts';

export interface Certificate {
  der: Uint8Array;
  tbsDer: Uint8Array;
  version: number;
  /** Content octets of the INTEGER, upper-case hex, without the sign octet. */
  serial: string;
  serialNumber: bigint;
  issuer: Tlv;
  subject: Tlv;
  notBefore: Date;
  notAfter: Date;
  notBeforeTag: number;
  notAfterTag: number;
  spkiDer: Uint8Array;
  extensions: Extension[];
  /** As the signature says, and as the signed part says: they must agree (RFC 5280 4.1.1.2). */
  signatureAlgorithm: Tlv;
  innerAlgorithm: Tlv;
  signature: Uint8Array;
}

/** Dotted OID of an AlgorithmIdentifier. */
export function algorithmOid(algorithm: Tlv): string {
  const type = children(algorithm)[0];
  if (type === undefined) throw new X509Error('an algorithm has no name');
  return oidText(type);
}

/** Content octets of an INTEGER as upper-case hex without the sign octet; "00" for zero. */
export function serialHex(tlv: Tlv): string {
  const hex = toHex(tlv.content);
  return hex.length > 2 && hex.startsWith('00') ? hex.slice(2) : hex;
}

/**
 * Takes the outermost SEQUENCE of `der` apart. Trailing bytes are the caller's to report (`readWhole` there).
 * Throws X509Error when it is no certificate.
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const outer = readWhole(der, TAG.sequence, 'the certificate');
  const [tbs, signatureAlgorithm, signature] = children(outer);
  if (tbs === undefined || signatureAlgorithm === undefined || signature === undefined)
    throw new X509Error('a certificate has three parts');
  const fields = children(expectTag(tbs, TAG.sequence, 'the signed part'));
  const version =
    fields[0]?.tag === 0xa0
      ? smallInteger(readTlv(fields.shift()?.content ?? new Uint8Array()), 'the version') + 1
      : 1;
  const [serial, innerAlgorithm, issuer, validity, subject, spki, ...rest] = fields;
  const integer = expectTag(serial, TAG.integer, 'the serial number');
  const [from, to] = children(expectTag(validity, TAG.sequence, 'the validity'));
  if (from === undefined || to === undefined) throw new X509Error('the validity has two times');
  const extensions = rest.find((field) => field.tag === 0xa3);
  return {
    der,
    tbsDer: tbs.raw,
    version,
    serial: serialHex(integer),
    serialNumber: bigInteger(integer, 'the serial number'),
    issuer: expectTag(issuer, TAG.sequence, 'the issuer'),
    subject: expectTag(subject, TAG.sequence, 'the subject'),
    notBefore: timeValue(from, 'notBefore'),
    notAfter: timeValue(to, 'notAfter'),
    notBeforeTag: from.tag,
    notAfterTag: to.tag,
    spkiDer: expectTag(spki, TAG.sequence, 'the public key').raw,
    extensions: extensions === undefined ? [] : readExtensions(readTlv(extensions.content)),
    signatureAlgorithm: expectTag(signatureAlgorithm, TAG.sequence, 'the signature algorithm'),
    innerAlgorithm: expectTag(innerAlgorithm, TAG.sequence, 'the signature algorithm'),
    signature: wholeOctets(signature, 'the signature'),
  };
}
