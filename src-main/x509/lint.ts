/**
 * What is wrong or remarkable with a certificate, by RFC 5280 and what programs refuse today. Used when looking at one
 * and before and after signing one; it shares only the DER reader with the builder, so that it catches its mistakes.
 */
import type { Finding } from '#shared/contract/channel.ts';
import { algorithmOid, type Certificate } from './certificate.ts';
import { TAG } from './der-reader.ts';
import { nameView } from './distinguished-name.ts';
import {
  readAccess,
  readAuthorityKeyId,
  readBasicConstraints,
  readDistributionPoints,
  readExtendedKeyUsage,
  readGeneralNames,
  readKeyUsage,
  readSubjectKeyId,
} from './extension-reader.ts';
import { extensionView, repeatedExtensions } from './extension-text.ts';
import { keyFindings, signatureFindings } from './lint-algorithms.ts';
import { type Add, type Facts, optional } from './lint-facts.ts';
import { authority, identifiers, leaf } from './lint-roles.ts';
import { EXTENSION } from './oids.ts';
import { hiddenInName, hiddenInNames } from './lint-hidden.ts';
import { longFormFindings } from './shortest-form.ts';
import { signatureName, type SignatureVerdict, verifySignature } from './verify-signature.ts';

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
  for (const name of repeatedExtensions(certificate.extensions))
    add('EXTENSION_TWICE', 'bad', `${name} is there twice.`, name, 'RFC 5280 4.2');
  for (const extension of certificate.extensions) {
    const view = extensionView(extension);
    const name = view.name || view.oid;
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

const NO_REVOCATION_AVAILABLE = '2.5.29.56';
const OCSP = '1.3.6.1.5.5.7.48.1';

function status({ certificate, selfIssued }: Facts, add: Add): void {
  // RFC 9608: it says itself that there is none.
  if (selfIssued || certificate.extensions.some(({ oid }) => oid === NO_REVOCATION_AVAILABLE)) return;
  const lists = optional(certificate, EXTENSION.crlDistributionPoints, readDistributionPoints) ?? [];
  const access = optional(certificate, EXTENSION.authorityInfoAccess, readAccess) ?? [];
  if (lists.length === 0 && !access.some(({ method }) => method === OCSP))
    add(
      'NO_STATUS',
      'note',
      'It names no place to ask whether it was revoked: until it ends, nobody learns of a revocation.',
      'cRLDistributionPoints',
      'RFC 5280 4.2.1.13',
    );
}

/**
 * The lint's answer. `now` decides about dates (left out before signing); `signature` is the verdict on the signature where the
 * signer is known, otherwise only that of a self-signed certificate is checked.
 */
export function lint(
  certificate: Certificate,
  options: { now?: Date; signature?: SignatureVerdict } = {},
): Finding[] {
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
  status(facts, add);
  found.push(
    ...hiddenInName('subject', nameView(certificate.subject)),
    ...(selfIssued ? [] : hiddenInName('issuer', nameView(certificate.issuer))),
    ...hiddenInNames(facts.names ?? []),
    ...longFormFindings(certificate.der),
    ...keyFindings(certificate.spkiDer),
    ...signatureFindings(signatureName(certificate.signatureAlgorithm)),
  );
  const verdict =
    options.signature ?? (selfIssued ? verifySignature(certificate, certificate.spkiDer) : 'holds');
  // A name that signs itself with another key is ordinary (key roll-over); only a named signer can be wrong.
  if (verdict === 'broken' && (options.signature !== undefined || !hasOtherKey(facts)))
    add(
      'SIGNATURE_BROKEN',
      'bad',
      'The signature does not verify: the certificate was altered or signed by another key.',
      'signature',
      'RFC 5280 6.1.3',
    );
  return bySeverity(found);
}

/** Self-issued, but signed by another key of the same authority, as its key identifiers say. */
function hasOtherKey({ certificate }: Facts): boolean {
  const own = optional(certificate, EXTENSION.subjectKeyIdentifier, readSubjectKeyId);
  const signer = optional(certificate, EXTENSION.authorityKeyIdentifier, readAuthorityKeyId);
  return own !== null && signer !== null && own !== signer;
}

/** The worst first; otherwise as they came. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}

const ORDER = { bad: 0, careful: 1, note: 2, good: 3 };
