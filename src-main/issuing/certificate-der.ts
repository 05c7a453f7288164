/**
 * The fields of a certificate as DER (RFC 5280 4.1), octet for octet as @peculiar/x509 writes them (a test holds them side by
 * side). It signs nothing and shares nothing with the reader that checks what was made.
 */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { type SignatureScheme, signatureScheme } from '../signers/signature-scheme.ts';
import {
  bitStringOf,
  boolean,
  contextConstructed,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  time,
  unsignedInteger,
} from '../x509/der-writer.ts';
import type { Extension } from '../x509/extension-reader.ts';
import type { CertificateContent } from './certificate-content.ts';

/** AlgorithmIdentifiers: parameters are NULL for RSA (RFC 4055 5), absent for the others (RFC 5758 3.2, RFC 8410 3). */
const ALGORITHMS: Record<SignatureScheme['name'], Uint8Array> = {
  'rsa-sha256': sequence(oid('1.2.840.113549.1.1.11'), nullValue()),
  'ecdsa-sha256': sequence(oid('1.2.840.10045.4.3.2')),
  'ecdsa-sha384': sequence(oid('1.2.840.10045.4.3.3')),
  'ecdsa-sha512': sequence(oid('1.2.840.10045.4.3.4')),
  ed25519: sequence(oid('1.3.101.112')),
};

const algorithmDer = (algorithm: KeyAlgorithm): Uint8Array => ALGORITHMS[signatureScheme(algorithm).name];

function extensionDer({ oid: dotted, critical, valueDer }: Extension): Uint8Array {
  return sequence(oid(dotted), ...(critical ? [boolean(true)] : []), octetString(valueDer));
}

/** The signed part, for a key of `algorithm` to sign. Throws X509Error for a time beyond the year 9999. */
export function toBeSigned(content: CertificateContent, algorithm: KeyAlgorithm): Uint8Array {
  const { extensions } = content;
  return sequence(
    contextConstructed(0, integer(2)),
    unsignedInteger(content.serial),
    algorithmDer(algorithm),
    content.issuerDer,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subjectDer,
    content.spkiDer,
    // Extensions ::= SEQUENCE SIZE (1..MAX): none at all is no field.
    ...(extensions.length === 0 ? [] : [contextConstructed(3, sequence(...extensions.map(extensionDer)))]),
  );
}

/** The certificate. `signature` as the signer port answers it. */
export function certificateDer(
  tbsDer: Uint8Array,
  algorithm: KeyAlgorithm,
  signature: Uint8Array,
): Uint8Array {
  return sequence(tbsDer, algorithmDer(algorithm), bitStringOf(signature));
}
