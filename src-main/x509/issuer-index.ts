/** Who signed what in a bag of certificates, found without asking everybody about everybody: by name and key identifier first. */
import type { Certificate } from './certificate.ts';
import { decoded } from './certificate-view.ts';
import { readAuthorityKeyId, readSubjectKeyId } from './extension-reader.ts';
import { EXTENSION } from './oids.ts';
import { verifySignature } from './verify-signature.ts';

interface Entry {
  certificate: Certificate;
  keyId: string | null;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Those of the bag that signed a certificate, in the order of the bag; itself is none of them. */
export interface IssuerIndex {
  /** One after the other, so that whoever takes the first pays for no more. */
  issuersOf(child: Certificate): Generator<Certificate>;
}

/** `bag`: the same octets twice count once. */
export function issuerIndex(bag: readonly Certificate[]): IssuerIndex {
  const bySubject = new Map<string, Entry[]>();
  const seen = new Set<string>();
  for (const certificate of bag) {
    const octets = hex(certificate.der);
    if (seen.has(octets)) continue;
    seen.add(octets);
    const name = hex(certificate.subject.raw);
    const keyId = decoded(certificate.extensions, EXTENSION.subjectKeyIdentifier, readSubjectKeyId, null);
    const others = bySubject.get(name);
    if (others === undefined) bySubject.set(name, [{ certificate, keyId }]);
    else others.push({ certificate, keyId });
  }
  return {
    *issuersOf(child) {
      const wanted = decoded(child.extensions, EXTENSION.authorityKeyIdentifier, readAuthorityKeyId, null);
      /** By key: several certificates may have one. */
      const signed = new Map<string, boolean>();
      for (const { certificate, keyId } of bySubject.get(hex(child.issuer.raw)) ?? []) {
        if (wanted !== null && keyId !== null && wanted !== keyId) continue;
        if (Buffer.compare(certificate.der, child.der) === 0) continue;
        const key = hex(certificate.spkiDer);
        const holds = signed.get(key) ?? verifySignature(child, certificate.spkiDer) === 'holds';
        signed.set(key, holds);
        if (holds) yield certificate;
      }
    },
  };
}
