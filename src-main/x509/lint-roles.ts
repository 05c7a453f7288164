/** The lint's rules about what a certificate is for: key identifiers, authorities, leaves. Form, times and signature are in lint.ts. */
import { nameView, shortName } from './distinguished-name.ts';
import { readAuthorityKeyId, readSubjectKeyId } from './extension-reader.ts';
import { type Add, type Facts, optional } from './lint-facts.ts';
import { EXTENSION } from './oids.ts';
import { keyView } from './public-key.ts';
import { countedDays, publicLimitDays } from './public-limit.ts';

export function identifiers({ certificate, isCa, selfIssued }: Facts, add: Add): void {
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

export function authority({ certificate, isCa, pathLength, usages }: Facts, add: Add): void {
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

const HOST_NAME =
  /^(?:\*\.)?(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+(?=[a-z\d-]*[a-z])[a-z\d](?:[a-z\d-]*[a-z\d])?$/i;

/** A common name that a person takes for the server's name, and no program does. */
function commonName({ certificate, purposes, names }: Facts, add: Add): void {
  if (purposes?.includes('serverAuth') !== true || names === null || names.length === 0) return;
  const known = new Set(names.map(({ value }) => value.toLowerCase()));
  for (const { name, value } of nameView(certificate.subject).attributes)
    if (name === 'CN' && HOST_NAME.test(value) && !known.has(value.toLowerCase()))
      add(
        'CN_NOT_IN_SAN',
        'note',
        `Its common name "${value}" is not among its names: programs do not find it under that name.`,
        'subject',
        'CABF BR 7.1.4.3',
      );
}

export function leaf(facts: Facts, add: Add): void {
  const { certificate, isCa, usages, purposes, names } = facts;
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
  commonName(facts, add);
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
  const { notBefore, notAfter } = certificate;
  const days = countedDays(notBefore, notAfter);
  const most = publicLimitDays(notBefore);
  if (purposes?.includes('serverAuth') === true && days > most)
    add(
      'LEAF_LONG',
      'note',
      `It lives ${days} days (back-dating counts, and a begun day is a whole one); for a certificate that begins on ${notBefore.toISOString().slice(0, 10)} browsers take at most ${most} from public CAs.`,
      'validity',
      'CABF BR 6.3.2',
    );
}
