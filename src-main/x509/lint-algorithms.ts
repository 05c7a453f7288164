/** Findings about keys and signature algorithms, wherever they stand: certificate, request, CRL. Data in, findings out. */
import type { Finding } from '#shared/contract/channel.ts';
import { keyView, rsaExponent } from './public-key.ts';

function finding(
  code: string,
  severity: Finding['severity'],
  text: string,
  where: string,
  clause: string,
): Finding {
  return { code, severity, text, where, clause };
}

/** RSA below 2048 bits, odd sizes and exponents, curves below 224 bits, DSA. */
export function keyFindings(spkiDer: Uint8Array): Finding[] {
  const key = keyView(spkiDer);
  const found: Finding[] = [];
  if (key.algorithm === 'RSA' || key.algorithm === 'RSA-PSS') {
    if ((key.bits ?? 0) < 2048)
      found.push(
        finding(
          'KEY_WEAK',
          'bad',
          `An RSA key of ${key.bits} bits is too short; 2048 is the least.`,
          'subjectPublicKeyInfo',
          'NIST SP 800-131A 3',
        ),
      );
    else if ((key.bits ?? 0) % 8 !== 0)
      found.push(
        finding(
          'KEY_ODD_SIZE',
          'note',
          `An RSA key of ${key.bits} bits is an unusual size.`,
          'subjectPublicKeyInfo',
          'CABF BR 6.1.5',
        ),
      );
    const exponent = rsaExponent(spkiDer) ?? 65537n;
    if (exponent % 2n === 0n || exponent < 3n)
      found.push(
        finding(
          'KEY_EXPONENT',
          'bad',
          `The RSA exponent ${exponent} cannot be right.`,
          'subjectPublicKeyInfo',
          'RFC 8017 3.1',
        ),
      );
    else if (exponent < 65537n)
      found.push(
        finding(
          'KEY_EXPONENT',
          'careful',
          `The RSA exponent is ${exponent}; 65537 is expected.`,
          'subjectPublicKeyInfo',
          'NIST SP 800-89 5.3.3',
        ),
      );
  }
  if (key.algorithm === 'EC' && key.bits !== null && key.bits < 224)
    found.push(
      finding(
        'KEY_WEAK',
        'bad',
        `The curve ${key.text} is too weak; P-256 is the usual one.`,
        'subjectPublicKeyInfo',
        'NIST SP 800-131A 3',
      ),
    );
  if (key.algorithm === 'EC' && key.curve === null)
    found.push(
      finding(
        'KEY_EXPLICIT_CURVE',
        'bad',
        'The curve is given by its parameters instead of its name.',
        'subjectPublicKeyInfo',
        'RFC 5480 2.1.1',
      ),
    );
  if (key.text === 'DSA')
    found.push(
      finding(
        'KEY_DSA',
        'bad',
        'DSA keys are no longer used for certificates.',
        'subjectPublicKeyInfo',
        'NIST FIPS 186-5',
      ),
    );
  return found;
}

/** MD5 and SHA-1 signatures. `name` as oids.ts has it. */
export function signatureFindings(name: string): Finding[] {
  if (/^(md2|md5)/i.test(name) || /md5|md2/i.test(name))
    return [
      finding(
        'SIGNATURE_MD5',
        'bad',
        `It is signed with ${name}, which can be forged.`,
        'signatureAlgorithm',
        'RFC 6151',
      ),
    ];
  if (/sha1/i.test(name))
    return [
      finding(
        'SIGNATURE_SHA1',
        'bad',
        `It is signed with ${name}; SHA-1 signatures are refused today.`,
        'signatureAlgorithm',
        'RFC 9155',
      ),
    ];
  return [];
}
