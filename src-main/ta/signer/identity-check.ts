/** An identity that came in a file nobody signed: is it in itself right, and is it the one the operator compared? */
import { bareFingerprint } from '#shared/fingerprint-text.ts';
import { momentText } from '../../lib/moment-text.ts';
import { Faults } from '../../rpki/fault.ts';
import { checkKey } from '../../rpki/certificate-fields.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { readBasicConstraints } from '../../x509/extension-reader.ts';
import { EXTENSION } from '../../x509/oids.ts';
import { verifySignature } from '../../x509/verify-signature.ts';

const CLAUSE = 'RFC 8183 4';

/** What is wrong with an identity certificate, as sentences. */
export function identityFaults(certificateDer: Uint8Array, now: Date): string[] {
  const faults = new Faults();
  faults.read(CLAUSE, () => {
    const certificate = parseCertificate(certificateDer);
    const basic = certificate.extensions.find(({ oid }) => oid === EXTENSION.basicConstraints);
    faults.check(
      verifySignature(certificate, certificate.spkiDer) === 'holds',
      'the identity certificate is not signed by its own key',
      CLAUSE,
    );
    faults.check(
      basic !== undefined && readBasicConstraints(basic.valueDer).isCa,
      'the identity certificate is not one of an authority',
      CLAUSE,
    );
    faults.check(
      certificate.notBefore.getTime() <= now.getTime() && certificate.notAfter.getTime() >= now.getTime(),
      `the identity certificate is good from ${momentText(certificate.notBefore)} to ${momentText(certificate.notAfter)} only`,
      CLAUSE,
    );
    checkKey(faults, certificate.spkiDer);
  });
  return faults.found.map(({ text }) => text);
}

const FEWEST_DIGITS = 32;

/**
 * Why the typed fingerprint does not confirm `sha256` (upper-case hex), or null when it does. 32 digits are enough: nobody
 * can make a second certificate that begins with them.
 */
export function fingerprintProblem(typed: string, sha256: string): string | null {
  const plain = bareFingerprint(typed)
    .replaceAll(/[\s:.-]/g, '')
    .toUpperCase();
  if (plain === '') return 'Type the fingerprint that stands on the other machine.';
  if (!/^[0-9A-F]+$/.test(plain)) return 'A fingerprint has digits and the letters A to F only.';
  if (plain.length > sha256.length) return 'That is longer than a SHA-256 fingerprint.';
  if (!sha256.startsWith(plain))
    return 'It is another fingerprint than that of the file. Do not go on: find out why.';
  return plain.length < FEWEST_DIGITS ? `Type at least the first ${FEWEST_DIGITS} digits.` : null;
}
