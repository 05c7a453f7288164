/**
 * Password-based encryption as it stands in PKCS#12 and encrypted PKCS#8, decryption only: PBES2 (RFC 8018) and the
 * schemes of PKCS#12 itself (RFC 7292 appendix C). Derivations run beside the event loop or give way to it.
 */
import { createDecipheriv, createHmac, pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { children, expectTag, oidText, smallInteger, TAG, type Tlv } from './der-reader.ts';
import { pkcs12Key, type Pkcs12Hash } from './pkcs12-kdf.ts';
import { rc2CbcDecrypt } from './rc2.ts';
import { PrivateKeyError, X509Error } from './x509-error.ts';

/** null: no password at all, which PKCS#12 tells from an empty one. */
export type Password = string | null;

/** More rounds than any writer uses, and about five seconds of work. */
const MOST_ROUNDS = 5_000_000;

export const HASHES: Record<string, Pkcs12Hash> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

const HMACS: Record<string, Pkcs12Hash> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

const CIPHERS: Record<string, { name: string; keyLength: number }> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyLength: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyLength: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyLength: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyLength: 24 },
};

/** PKCS#12's own (RFC 7292 appendix C). */
export const OWN_SCHEMES: Record<string, { cipher: 'des' | 'rc2'; keyLength: number }> = {
  '1.2.840.113549.1.12.1.3': { cipher: 'des', keyLength: 24 },
  '1.2.840.113549.1.12.1.4': { cipher: 'des', keyLength: 16 },
  '1.2.840.113549.1.12.1.5': { cipher: 'rc2', keyLength: 16 },
  '1.2.840.113549.1.12.1.6': { cipher: 'rc2', keyLength: 5 },
};

export const PBES2 = '1.2.840.113549.1.5.13';
export const PBKDF2 = '1.2.840.113549.1.5.12';
export const SCRYPT = '1.3.6.1.4.1.11591.4.11';

/** What wrong padding, a wrong MAC or a wrong length look like. */
export function wrongPassword(): PrivateKeyError {
  return new PrivateKeyError('wrongPassphrase', 'Wrong passphrase, or the file was altered.');
}

const PKCS12_HINT = 'openssl pkcs12 -legacy -in FILE -nodes | openssl pkcs12 -export -out NEW';

/** `hint`: the command that converts such a file. */
function unknown(what: string, oid: string, hint = PKCS12_HINT): X509Error {
  return new X509Error(`The file uses ${what} Baleen does not open (${oid}). Convert it with: ${hint}`);
}

/** Rounds as the file asks for them. Throws X509Error when that is no sensible number. */
export function rounds(tlv: Tlv | undefined): number {
  const count = smallInteger(expectTag(tlv, TAG.integer, 'the number of rounds'), 'the number of rounds');
  if (count < 1 || count > MOST_ROUNDS)
    throw new X509Error(
      `The file asks for ${count} rounds of key derivation; at most ${MOST_ROUNDS} are done.`,
    );
  return count;
}

/** AlgorithmIdentifier: its OID and its parameters. */
export function algorithm(tlv: Tlv | undefined): { oid: string; parameters: Tlv | undefined } {
  const [oid, parameters] = children(expectTag(tlv, TAG.sequence, 'an algorithm'));
  return { oid: oidText(expectTag(oid, TAG.oid, 'an algorithm')), parameters };
}

function parts(tlv: Tlv | undefined): Tlv[] {
  return children(expectTag(tlv, TAG.sequence, 'the parameters of an algorithm'));
}

/** N, r, p behind the salt (RFC 7914 7). Throws X509Error for what section 2 does not allow. */
export function scryptParameters(rest: readonly Tlv[]): { N: number; r: number; p: number } {
  const [N = 0, r = 0, p = 0] = rest.map((tlv) => smallInteger(tlv, 'a scrypt parameter'));
  if (N < 2 || !Number.isInteger(Math.log2(N)) || r < 1 || p < 1)
    throw new X509Error(
      `The file asks for scrypt with parameters that do not exist (N ${N}, r ${r}, p ${p}).`,
    );
  return { N, r, p };
}

/** The key of a PBKDF2 or scrypt AlgorithmIdentifier (RFC 8018 5.2, RFC 7914 7). SECURITY: the caller wipes it. */
async function derivedKey(
  scheme: Tlv | undefined,
  password: Password,
  keyLength: number,
  hint = PKCS12_HINT,
): Promise<Buffer> {
  const { oid, parameters } = algorithm(scheme);
  const secret = Buffer.from(password ?? '', 'utf8');
  const [salt, ...rest] = parts(parameters);
  const saltBytes = expectTag(salt, TAG.octetString, 'the salt').content;
  if (oid === SCRYPT) {
    const { N, r, p } = scryptParameters(rest);
    const maxmem = 128 * N * r * p + 1024 * 1024;
    if (maxmem > 512 * 1024 * 1024)
      throw new X509Error('The file asks for more memory than is given for it.');
    const run = promisify<Buffer, Uint8Array, number, object, Buffer>(scrypt);
    return run(secret, saltBytes, keyLength, { N, r, p, maxmem });
  }
  if (oid !== PBKDF2) throw unknown('a key derivation', oid, hint);
  const prf = rest.find(({ tag }) => tag === TAG.sequence);
  const hmac = prf === undefined ? { oid: '1.2.840.113549.2.7' } : algorithm(prf);
  const hash = HMACS[hmac.oid];
  if (hash === undefined) throw unknown('a hash', hmac.oid, hint);
  return promisify(pbkdf2)(secret, saltBytes, rounds(rest[0]), keyLength, hash);
}

/** HMAC of PBMAC1 (RFC 8018 7.1, RFC 9579): key length stands in the derivation. */
export async function pbmac1(
  parameters: Tlv | undefined,
  password: Password,
  data: Uint8Array,
): Promise<Buffer> {
  const [scheme, mac] = parts(parameters);
  const length = parts(algorithm(scheme).parameters)[2];
  const hash = HMACS[algorithm(mac).oid];
  if (hash === undefined || length?.tag !== TAG.integer) throw unknown('a MAC', algorithm(mac).oid);
  const keyLength = smallInteger(length, 'the key length');
  if (keyLength < 16 || keyLength > 256) throw new X509Error('The key length of the MAC is out of range.');
  const key = await derivedKey(scheme, password, keyLength);
  const value = createHmac(hash, key).update(data).digest();
  key.fill(0);
  return value;
}

async function decryptPbes2(
  parameters: Tlv | undefined,
  body: Uint8Array,
  password: Password,
  hint: string,
): Promise<Buffer> {
  const [scheme, encryption] = parts(parameters);
  const { oid, parameters: iv } = algorithm(encryption);
  const cipher = CIPHERS[oid];
  if (cipher === undefined) throw unknown('a cipher', oid, hint);
  const ivBytes = expectTag(iv, TAG.octetString, 'the initialisation vector').content;
  const key = await derivedKey(scheme, password, cipher.keyLength, hint);
  return decipher(cipher.name, key, ivBytes, body);
}

function decipher(name: string, key: Buffer, iv: Uint8Array, body: Uint8Array): Buffer {
  try {
    const opened = createDecipheriv(name, key, iv);
    return Buffer.concat([opened.update(body), opened.final()]);
  } catch {
    throw wrongPassword();
  } finally {
    key.fill(0);
  }
}

/** The plain content of `body`. Throws X509Error; a wrong password cannot be told from damage (PrivateKeyError). */
export async function decryptWithPassword(
  scheme: Tlv | undefined,
  body: Uint8Array,
  password: Password,
  hint = PKCS12_HINT,
): Promise<Buffer> {
  const { oid, parameters } = algorithm(scheme);
  if (oid === PBES2) return decryptPbes2(parameters, body, password, hint);
  const own = OWN_SCHEMES[oid];
  if (own === undefined) throw unknown('a cipher', oid, hint);
  const [salt, count] = parts(parameters);
  const shared = {
    hash: 'sha1' as const,
    passphrase: password,
    salt: expectTag(salt, TAG.octetString, 'the salt').content,
    iterations: rounds(count),
  };
  const key = await pkcs12Key({ ...shared, purpose: 'key', length: own.keyLength });
  const iv = await pkcs12Key({ ...shared, purpose: 'iv', length: 8 });
  if (own.cipher === 'rc2') {
    const plain = rc2CbcDecrypt(body, { key, effectiveBits: 8 * own.keyLength, iv });
    key.fill(0);
    if (plain === null) throw wrongPassword();
    return plain;
  }
  // Two-key triple DES is the first key once more.
  const full = own.keyLength === 24 ? key : Buffer.concat([key, key.subarray(0, 8)]);
  return decipher('des-ede3-cbc', full, iv, body);
}
