/**
 * The identity certificate of a party (RFC 8183 5.1, krill-ta.md 5.5): who signs its messages. Trust in it comes from the
 * person who compared it, so only its form is judged, and no time.
 */
import { stopped } from '../lib/sentence.ts';
import { equalBytes } from '../lib/bytes.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { readBasicConstraints, readSubjectKeyId } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { keyId } from '../x509/public-key.ts';
import { verifySignature } from '../x509/verify-signature.ts';
import { X509Error } from '../x509/x509-error.ts';
import { RpkiError } from './rpki-error.ts';

export interface IdCertificate {
  der: Uint8Array;
  spkiDer: Uint8Array;
  /** Upper-case hex. */
  keyId: string;
  notBefore: Date;
  notAfter: Date;
}

function checked(der: Uint8Array): Certificate {
  const certificate = parseCertificate(der);
  const value = (oid: string): Uint8Array | undefined =>
    certificate.extensions.find((extension) => extension.oid === oid)?.valueDer;
  const basic = value(EXTENSION.basicConstraints);
  if (certificate.version !== 3 || basic === undefined || !readBasicConstraints(basic).isCa)
    throw new X509Error('it is not one of an authority');
  const ski = value(EXTENSION.subjectKeyIdentifier);
  if (ski === undefined || readSubjectKeyId(ski) !== keyId(certificate.spkiDer))
    throw new X509Error('it does not name its own key');
  // AFRINIC hands out an intermediate, which nobody can check; Krill takes it.
  const isSelfIssued = equalBytes(certificate.issuer.raw, certificate.subject.raw);
  if (isSelfIssued && verifySignature(certificate, certificate.spkiDer) !== 'holds')
    throw new X509Error('it is not signed with its own key');
  return certificate;
}

/** Reads and checks it. Throws RpkiError. */
export function readIdCertificate(der: Uint8Array): IdCertificate {
  try {
    const { spkiDer, notBefore, notAfter } = checked(der);
    return { der, spkiDer, keyId: keyId(spkiDer), notBefore, notAfter };
  } catch (error) {
    if (error instanceof X509Error)
      throw new RpkiError(`The identity certificate is not right: ${stopped(error.message)}`);
    throw error;
  }
}
