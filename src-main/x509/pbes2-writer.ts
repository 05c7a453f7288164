/** Password-based encryption as we write it: PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018 6.2), for PKCS#8 and PKCS#12. */
import { createCipheriv, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { integer, nullValue, octetString, oid, sequence } from './der-writer.ts';

export interface Secret {
  passphrase: string;
  random: (length: number) => Uint8Array;
}

/** As many as OWASP asks of PBKDF2-HMAC-SHA-256; OpenSSL's own 2048 is a few milliseconds of guessing. */
const ITERATIONS = 600_000;

const OID = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
} as const;

/** PBES2 (RFC 8018 6.2): AlgorithmIdentifier and ciphertext. */
export async function encrypted(
  plain: Uint8Array,
  { passphrase, random }: Secret,
): Promise<{ algorithm: Uint8Array; body: Uint8Array }> {
  const [salt, iv] = [random(16), random(16)];
  const key = await promisify(pbkdf2)(passphrase, salt, ITERATIONS, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  key.fill(0);
  const derivation = sequence(
    oid(OID.pbkdf2),
    sequence(octetString(salt), integer(ITERATIONS), sequence(oid(OID.hmacSha256), nullValue())),
  );
  return {
    algorithm: sequence(oid(OID.pbes2), sequence(derivation, sequence(oid(OID.aes256Cbc), octetString(iv)))),
    body,
  };
}
