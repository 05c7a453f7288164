/** A certificate as the renderer shows it, with its findings. It needs to know what time it is, and nothing else. */
import type { CertificateView, ExtensionView, SanView } from '#shared/contract/certificate-view.ts';
import { shownText } from '#shared/hidden-characters.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { type Certificate, parseCertificate, parseDamagedCertificate } from './certificate.ts';
import { nameView } from './distinguished-name.ts';
import {
  type Extension,
  readAccess,
  readAuthorityKeyId,
  readBasicConstraints,
  readDistributionPoints,
  readExtendedKeyUsage,
  readGeneralNames,
  readKeyUsage,
  readNameConstraints,
  readPolicies,
  readSubjectKeyId,
} from './extension-reader.ts';
import { extensionView } from './extension-text.ts';
import { fingerprints } from './fingerprints.ts';
import { bySeverity, lint } from './lint.ts';
import { EXTENSION } from './oids.ts';
import { toPem } from './pem.ts';
import { keyView } from './public-key.ts';
import { signatureName, verifySignature } from './verify-signature.ts';
import { X509Error } from './x509-error.ts';

/** 2/3 of the lifetime after notBefore (L-055, C-39), whole seconds. */
export function renewAt(notBefore: Date, notAfter: Date): Date {
  const from = notBefore.getTime();
  return new Date(Math.floor((from + ((notAfter.getTime() - from) * 2) / 3) / 1000) * 1000);
}

/** What `read` makes of the extension, or `otherwise` when it is absent or damaged (lint says which). */
export function decoded<T>(
  extensions: readonly Extension[],
  oid: string,
  read: (der: Uint8Array) => T,
  otherwise: T,
): T {
  const found = extensions.find((extension) => extension.oid === oid);
  if (found === undefined) return otherwise;
  try {
    return read(found.valueDer);
  } catch (error) {
    if (error instanceof X509Error) return otherwise;
    throw error;
  }
}

/** RFC 5280 6.1: issuer and subject are the same name, byte by byte. */
export function isSelfIssued(certificate: Certificate): boolean {
  return Buffer.compare(certificate.issuer.raw, certificate.subject.raw) === 0;
}

/** Seconds precision, as certificates have it. */
export function instantText(at: Date): string {
  return at.toISOString().replace('.000Z', 'Z');
}

function accessLocations(extensions: readonly Extension[], method: string): string[] {
  return decoded(extensions, EXTENSION.authorityInfoAccess, readAccess, [])
    .filter((entry) => entry.method === method)
    .map((entry) => shownText(entry.location));
}

/** Alternative names for showing: hidden characters written out. */
export function shownNames(names: readonly SanView[]): SanView[] {
  return names.map(({ type, value }) => ({ type, value: shownText(value) }));
}

/** What stands in a certificate, without what is computed over the whole of it for a person to compare and judge. */
export type CertificateFields = Omit<CertificateView, 'fingerprints' | 'findings' | 'pem'>;

export function certificateFields(certificate: Certificate): CertificateFields {
  const { der, extensions } = certificate;
  const constraints = decoded(extensions, EXTENSION.basicConstraints, readBasicConstraints, {
    isCa: false,
    pathLength: null,
  });
  const allowed = decoded(extensions, EXTENSION.nameConstraints, readNameConstraints, {
    permitted: [],
    excluded: [],
  });
  const views: ExtensionView[] = extensions.map(extensionView);
  return {
    kind: 'certificate',
    sha256: sha256Hex(der),
    version: certificate.version,
    serial: certificate.serial,
    serialDecimal: certificate.serialNumber.toString(),
    subject: nameView(certificate.subject),
    issuer: nameView(certificate.issuer),
    notBefore: instantText(certificate.notBefore),
    notAfter: instantText(certificate.notAfter),
    renewAt: instantText(renewAt(certificate.notBefore, certificate.notAfter)),
    key: keyView(certificate.spkiDer),
    signatureAlgorithm: signatureName(certificate.signatureAlgorithm),
    selfSigned: isSelfIssued(certificate) && verifySignature(certificate, certificate.spkiDer) === 'holds',
    isCa: constraints.isCa,
    pathLength: constraints.pathLength,
    keyUsage: decoded(extensions, EXTENSION.keyUsage, readKeyUsage, []),
    extendedKeyUsage: decoded(extensions, EXTENSION.extendedKeyUsage, readExtendedKeyUsage, []),
    names: shownNames(decoded(extensions, EXTENSION.subjectAltName, readGeneralNames, [])),
    subjectKeyId: decoded(extensions, EXTENSION.subjectKeyIdentifier, readSubjectKeyId, null),
    authorityKeyId: decoded(extensions, EXTENSION.authorityKeyIdentifier, readAuthorityKeyId, null),
    policies: decoded(extensions, EXTENSION.certificatePolicies, readPolicies, []),
    crlUrls: decoded(extensions, EXTENSION.crlDistributionPoints, readDistributionPoints, []).map(shownText),
    ocspUrls: accessLocations(extensions, '1.3.6.1.5.5.7.48.1'),
    caIssuerUrls: accessLocations(extensions, '1.3.6.1.5.5.7.48.2'),
    namesPermitted: allowed.permitted.map(({ type, value }) => shownText(`${type}:${value}`)),
    namesExcluded: allowed.excluded.map(({ type, value }) => shownText(`${type}:${value}`)),
    extensions: views,
  };
}

function viewOf(certificate: Certificate, findings: CertificateView['findings']): CertificateView {
  return {
    ...certificateFields(certificate),
    fingerprints: fingerprints(certificate),
    findings,
    pem: toPem('CERTIFICATE', certificate.der),
  };
}

/** Everything about one certificate. Throws X509Error when `der` is none (or has bytes behind it). */
export function certificateView(der: Uint8Array, options: { now: Date }): CertificateView {
  const certificate = parseCertificate(der);
  return viewOf(certificate, lint(certificate, options));
}

/** The same for one whose signature field is damaged, which is its first finding. Throws X509Error when it is not so. */
export function damagedCertificateView(der: Uint8Array, { now }: { now: Date }): CertificateView {
  const damaged = parseDamagedCertificate(der);
  if (damaged === null) throw new X509Error('the signature is not damaged');
  const { certificate, fault } = damaged;
  return viewOf(
    certificate,
    bySeverity([
      {
        code: 'SIGNATURE_DAMAGED',
        severity: 'bad',
        text: `Its signature is damaged: ${fault}. Nobody can verify it, and it is not kept here; get it anew from its maker.`,
        where: 'signature',
        clause: 'X.690 8.6.2',
      },
      ...lint(certificate, { now, signature: 'unknown' }),
    ]),
  );
}
