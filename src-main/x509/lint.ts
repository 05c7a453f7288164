/**
 * What is wrong or remarkable with a certificate, by RFC 5280 and what programs refuse today. Used when looking at one
 * and before and after signing one; it shares only the DER reader with the builder, so that it catches its mistakes.
 */
import type { Finding } from '#shared/contract/channel.ts';
import { algorithmOid, type Certificate, parseCertificate } from './certificate.ts';
import { TAG } from './der-reader.ts';
import { shortName, nameView } from './distinguished-name.ts';
import {
  readAuthorityKeyId,
  readBasicConstraints,
  readExtendedKeyUsage,
  readGeneralNames,
  readKeyUsage,
  readSubjectKeyId,
} from './extension-reader.ts';
import { extensionView } from './extension-text.ts';
import { keyFindings, signatureFindings } from './lint-algorithms.ts';
import { EXTENSION } from './oids.ts';
import { keyView } from './public-key.ts';
import { signatureName, verifySignature } from './verify-signature.ts';
import { X509Error } from './x509-error.ts';

type Add = (code: string, severity: Finding['severity'], text: string, where: string, clause: string) => void;

interface Facts {
  certificate: Certificate;
  isCa: boolean;
  pathLength: number | null;
  usages: string[] | null;
  purposes: string[] | null;
  names: { type: string; value: string }[] | null;
  selfIssued: boolean;
}

/** The decoded extension, or null when it is not there or damaged (then `extensions` below says so). */
function optional<T>(certificate: Certificate, oid: string, read: (der: Uint8Array) => T): T | null {
  const found = certificate.extensions.find((extension) => extension.oid === oid);
  try {
    return found === undefined ? null : read(found.valueDer);
  } catch (error) {
    if (error instanceof X509Error) return null;
    throw error;
  }
}

function form({ certificate }: Facts, add: Add): void {
  if (certificate.version !== 3)
    add(
      'VERSION',
      'bad',
      `It is an X.509 version ${certificate.version} certificate: it can hold no names or purposes and will be rejected.`,
      'version',
      'RFC 5280 4.1.2.1',
    );
  if (certificate.serialNumber < 0n)
    add('SERIAL_NEGATIVE', 'careful', 'The serial number is negative.', 'serialNumber', 'RFC 5280 4.1.2.2');
  if (certificate.serialNumber === 0n)
    add('SERIAL_ZERO', 'careful', 'The serial number is zero.', 'serialNumber', 'RFC 5280 4.1.2.2');
  if (certificate.serial.length > 40)
    add(
      'SERIAL_LONG',
      'careful',
      'The serial number is longer than 20 octets.',
      'serialNumber',
      'RFC 5280 4.1.2.2',
    );
  if (algorithmOid(certificate.signatureAlgorithm) !== algorithmOid(certificate.innerAlgorithm))
    add(
      'ALGORITHMS_DIFFER',
      'bad',
      'The two signature algorithms of the certificate differ.',
      'signatureAlgorithm',
      'RFC 5280 4.1.1.2',
    );
  if (certificate.issuer.content.length === 0)
    add('ISSUER_EMPTY', 'bad', 'The issuer is empty.', 'issuer', 'RFC 5280 4.1.2.4');
}

function times({ certificate }: Facts, now: Date | null, add: Add): void {
  const { notBefore, notAfter } = certificate;
  const day = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (notAfter.getTime() < notBefore.getTime())
    add('VALIDITY_REVERSED', 'bad', 'It ends before it begins.', 'validity', 'RFC 5280 4.1.2.5');
  else if (now !== null && notAfter.getTime() < now.getTime())
    add('EXPIRED', 'bad', `It has expired on ${day(notAfter)}.`, 'notAfter', 'RFC 5280 4.1.2.5');
  else if (now !== null && notBefore.getTime() > now.getTime())
    add(
      'NOT_YET_VALID',
      'bad',
      `It is not yet valid: it begins on ${day(notBefore)}.`,
      'notBefore',
      'RFC 5280 4.1.2.5',
    );
  for (const [where, at, tag] of [
    ['notBefore', notBefore, certificate.notBeforeTag],
    ['notAfter', notAfter, certificate.notAfterTag],
  ] as const)
    if (at.getUTCFullYear() < 2050 && tag === TAG.generalizedTime)
      add(
        'TIME_FORM',
        'careful',
        `${where} is written as GeneralizedTime although it lies before 2050.`,
        where,
        'RFC 5280 4.1.2.5',
      );
}

function extensions({ certificate }: Facts, add: Add): void {
  const seen = new Set<string>();
  for (const extension of certificate.extensions) {
    const view = extensionView(extension);
    const name = view.name || view.oid;
    if (seen.has(extension.oid))
      add('EXTENSION_TWICE', 'bad', `${name} is there twice.`, name, 'RFC 5280 4.2');
    seen.add(extension.oid);
    if (view.text.startsWith('cannot be read'))
      add('EXTENSION_DAMAGED', 'bad', `${name} ${view.text}.`, name, 'RFC 5280 4.2');
    if (view.name === '' && view.critical)
      add(
        'EXTENSION_UNKNOWN_CRITICAL',
        'careful',
        `${view.oid} is critical and not known here: a verifier must reject the certificate.`,
        view.oid,
        'RFC 5280 4.2',
      );
  }
}

function identifiers({ certificate, isCa, selfIssued }: Facts, add: Add): void {
  const subjectKeyId = optional(certificate, EXTENSION.subjectKeyIdentifier, readSubjectKeyId);
  const hasAuthorityKeyId = certificate.extensions.some(
    ({ oid }) => oid === EXTENSION.authorityKeyIdentifier,
  );
  if (isCa && subjectKeyId === null)
    add(
      'CA_NO_SKI',
      'careful',
      'A CA without subject key identifier makes chains hard to find.',
      'subjectKeyIdentifier',
      'RFC 5280 4.2.1.2',
    );
  if (!selfIssued && !hasAuthorityKeyId && certificate.version === 3)
    add(
      'NO_AKI',
      'note',
      'It does not name the key of its issuer (authority key identifier).',
      'authorityKeyIdentifier',
      'RFC 5280 4.2.1.1',
    );
  const own = optional(certificate, EXTENSION.authorityKeyIdentifier, readAuthorityKeyId);
  if (selfIssued && own !== null && subjectKeyId !== null && own !== subjectKeyId)
    add(
      'AKI_NOT_OWN',
      'careful',
      'Issuer and subject are one name, but the authority key identifier is of another key.',
      'authorityKeyIdentifier',
      'RFC 5280 4.2.1.1',
    );
}

function authority({ certificate, isCa, pathLength, usages }: Facts, add: Add): void {
  const constraints = certificate.extensions.find(({ oid }) => oid === EXTENSION.basicConstraints);
  if (isCa && constraints?.critical === false)
    add(
      'CA_BC_NOT_CRITICAL',
      'careful',
      'Basic constraints of a CA must be critical.',
      'basicConstraints',
      'RFC 5280 4.2.1.9',
    );
  if (isCa && usages !== null && !usages.includes('keyCertSign'))
    add(
      'CA_NO_CERT_SIGN',
      'bad',
      'It is a CA, but its key may not sign certificates.',
      'keyUsage',
      'RFC 5280 4.2.1.3',
    );
  if (isCa && usages === null)
    add('CA_NO_KEY_USAGE', 'careful', 'A CA must say what its key is for.', 'keyUsage', 'RFC 5280 4.2.1.3');
  if (!isCa && usages?.includes('keyCertSign') === true)
    add(
      'LEAF_CERT_SIGN',
      'bad',
      'Its key usage says it signs certificates, but it is no CA.',
      'keyUsage',
      'RFC 5280 4.2.1.9',
    );
  if (!isCa && pathLength !== null)
    add(
      'LEAF_PATH_LENGTH',
      'bad',
      'It has a path length, but it is no CA.',
      'basicConstraints',
      'RFC 5280 4.2.1.9',
    );
  if (pathLength !== null && pathLength < 0)
    add(
      'PATH_LENGTH_NEGATIVE',
      'bad',
      'The path length is negative.',
      'basicConstraints',
      'RFC 5280 4.2.1.9',
    );
}

function leaf({ certificate, isCa, usages, purposes, names }: Facts, add: Add): void {
  if (isCa) {
    if (certificate.subject.content.length === 0)
      add('CA_NO_SUBJECT', 'bad', 'A CA must have a subject.', 'subject', 'RFC 5280 4.1.2.6');
    return;
  }
  if (names === null || names.length === 0) {
    const common = shortName(nameView(certificate.subject));
    add(
      'NO_SAN',
      'careful',
      common === ''
        ? 'It has neither subject nor alternative names.'
        : `It has no subject alternative name; its common name "${common}" alone is not looked at today.`,
      'subjectAltName',
      'RFC 9525 2',
    );
  } else if (
    certificate.subject.content.length === 0 &&
    !certificate.extensions.some(({ oid, critical }) => oid === EXTENSION.subjectAltName && critical)
  )
    add(
      'SAN_NOT_CRITICAL',
      'careful',
      'With an empty subject the alternative names must be critical.',
      'subjectAltName',
      'RFC 5280 4.2.1.6',
    );
  if (purposes === null && certificate.version === 3)
    add(
      'NO_EKU',
      'note',
      'It does not say what it is for (extended key usage): any purpose is taken.',
      'extKeyUsage',
      'RFC 5280 4.2.1.12',
    );
  if (usages?.includes('keyEncipherment') === true && keyView(certificate.spkiDer).algorithm === 'EC')
    add(
      'EC_KEY_ENCIPHERMENT',
      'note',
      'Key encipherment means nothing for an elliptic-curve key.',
      'keyUsage',
      'RFC 8813 3',
    );
  const lifetimeDays = (certificate.notAfter.getTime() - certificate.notBefore.getTime()) / 86_400_000;
  if (purposes?.includes('serverAuth') === true && lifetimeDays > 398)
    add(
      'LEAF_LONG',
      'note',
      `It lives ${Math.floor(lifetimeDays)} days; browsers take at most 398 from public CAs.`,
      'validity',
      'CABF BR 6.3.2',
    );
}

/** The lint's answer. `now` decides about dates (left out before signing); `issuerSpkiDer` makes it check the signature too. */
export function lint(der: Uint8Array, options: { now?: Date; issuerSpkiDer?: Uint8Array } = {}): Finding[] {
  const certificate = parseCertificate(der);
  const constraints = optional(certificate, EXTENSION.basicConstraints, readBasicConstraints);
  const selfIssued = Buffer.compare(certificate.issuer.raw, certificate.subject.raw) === 0;
  const facts: Facts = {
    certificate,
    isCa: constraints?.isCa ?? false,
    pathLength: constraints?.pathLength ?? null,
    usages: optional(certificate, EXTENSION.keyUsage, readKeyUsage),
    purposes: optional(certificate, EXTENSION.extendedKeyUsage, readExtendedKeyUsage),
    names: optional(certificate, EXTENSION.subjectAltName, readGeneralNames),
    selfIssued,
  };
  const found: Finding[] = [];
  const add: Add = (code, severity, text, where, clause) =>
    found.push({ code, severity, text, where, clause });
  form(facts, add);
  times(facts, options.now ?? null, add);
  extensions(facts, add);
  identifiers(facts, add);
  authority(facts, add);
  leaf(facts, add);
  found.push(
    ...keyFindings(certificate.spkiDer),
    ...signatureFindings(signatureName(certificate.signatureAlgorithm)),
  );
  const signer = options.issuerSpkiDer ?? (selfIssued ? certificate.spkiDer : null);
  const verdict = signer === null ? 'holds' : verifySignature(certificate, signer);
  // A name that signs itself with another key is ordinary (key roll-over); only a named signer can be wrong.
  if (verdict === 'broken' && (options.issuerSpkiDer !== undefined || !hasOtherKey(facts)))
    add(
      'SIGNATURE_BROKEN',
      'bad',
      'The signature does not verify: the certificate was altered or signed by another key.',
      'signature',
      'RFC 5280 6.1.3',
    );
  return found.toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}

/** Self-issued, but signed by another key of the same authority, as its key identifiers say. */
function hasOtherKey({ certificate }: Facts): boolean {
  const own = optional(certificate, EXTENSION.subjectKeyIdentifier, readSubjectKeyId);
  const signer = optional(certificate, EXTENSION.authorityKeyIdentifier, readAuthorityKeyId);
  return own !== null && signer !== null && own !== signer;
}

const ORDER = { bad: 0, careful: 1, note: 2, good: 3 };
