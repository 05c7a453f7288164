/** A certificate taken apart (RFC 5280 4.1): fields as they stand, extensions still in DER. No judgement and no view. */
import { toHex } from '../lib/bytes.ts';
import {
  bigInteger,
  bitString,
  wholeOctets,
  children,
  exactly,
  oidText,
  optional,
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

/** Everything but the octets of the signature. An element that RFC 5280 4.1 does not name, and bytes behind it, are refused. */
function takenApart(der: Uint8Array): Omit<Certificate, 'signature'> & { signatureField: Tlv } {
  const [tbs, signatureAlgorithm, signature] = exactly(
    readWhole(der, TAG.sequence, 'the certificate'),
    'the certificate',
    TAG.sequence,
    TAG.sequence,
    TAG.bitString,
  );
  const [version, serial, innerAlgorithm, issuer, validity, subject, spki, , , extensions] = exactly(
    tbs,
    'the signed part',
    optional(0xa0),
    TAG.integer,
    TAG.sequence,
    TAG.sequence,
    TAG.sequence,
    TAG.sequence,
    TAG.sequence,
    // Unique identifiers of issuer and subject, which nobody reads.
    optional([0x81, 0xa1]),
    optional([0x82, 0xa2]),
    optional(0xa3),
  );
  const times = [TAG.utcTime, TAG.generalizedTime] as const;
  const [from, to] = exactly(validity, 'the validity', times, times);
  return {
    der,
    tbsDer: tbs.raw,
    version:
      version === undefined
        ? 1
        : smallInteger(readWhole(version.content, TAG.integer, 'the version'), 'the version') + 1,
    serial: serialHex(serial),
    serialNumber: bigInteger(serial, 'the serial number'),
    issuer,
    subject,
    notBefore: timeValue(from, 'notBefore'),
    notAfter: timeValue(to, 'notAfter'),
    notBeforeTag: from.tag,
    notAfterTag: to.tag,
    spkiDer: spki.raw,
    extensions:
      extensions === undefined
        ? []
        : readExtensions(readWhole(extensions.content, TAG.sequence, 'the extensions')),
    signatureAlgorithm,
    innerAlgorithm,
    signatureField: signature,
  };
}

/** Takes a certificate apart (RFC 5280 4.1). Throws X509Error when it is none, and when its signature is no whole octets. */
export function parseCertificate(der: Uint8Array): Certificate {
  const { signatureField, ...fields } = takenApart(der);
  return { ...fields, signature: wholeOctets(signatureField, 'the signature') };
}

/** A certificate that can be shown and is good for nothing else: its signature is empty here, so that no key verifies it. */
export interface DamagedCertificate {
  certificate: Certificate;
  /** What is wrong with the signature, as the end of a sentence. */
  fault: string;
}

/** What is wrong with the BIT STRING of a signature (X.690 8.6.2); null when nothing is. */
function signatureFault(field: Tlv): string | null {
  if (field.content.length === 0) return 'it is empty';
  try {
    const { unused } = bitString(field, 'the signature');
    if (unused === 0) return null;
    return `its last ${unused === 1 ? 'bit is' : `${unused} bits are`} marked as not used, and a signature is whole octets`;
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return `it begins with ${field.content[0]} where the number of unused bits belongs`;
  }
}

/** A certificate whole but for its signature. null when there is nothing wrong with that. Throws X509Error when it is none. */
export function parseDamagedCertificate(der: Uint8Array): DamagedCertificate | null {
  const { signatureField, ...fields } = takenApart(der);
  const fault = signatureFault(signatureField);
  return fault === null ? null : { certificate: { ...fields, signature: new Uint8Array() }, fault };
}
