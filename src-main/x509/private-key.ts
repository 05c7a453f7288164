/**
 * Private key files: PKCS#8, PKCS#1, SEC1, encrypted or not, to PKCS#8 and the public half; and back to an encrypted
 * PKCS#8 for export. It stores nothing; the caller wipes what it is given.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { costOf } from './derivation-budget.ts';
import { children, expectTag, readTlv, TAG, type Tlv } from './der-reader.ts';
import { octetString, sequence } from './der-writer.ts';
import { encrypted, type Secret } from './pbes2-writer.ts';
import { decryptWithPassword } from './password-encryption.ts';
import { readPem, toPem } from './pem.ts';
import { PrivateKeyError, X509Error } from './x509-error.ts';

/** A key as it lies in a file, not yet decrypted. */
export interface PrivateKeyFile {
  format:
    | 'PKCS#8'
    | 'PKCS#1'
    | 'SEC1'
    | 'PKCS#8 encrypted'
    | 'PKCS#1 encrypted (legacy PEM)'
    | 'SEC1 encrypted (legacy PEM)';
  encrypted: boolean;
  /** PEM with its armour, or DER. */
  source: { pem: string } | { der: Uint8Array };
}

export interface PrivateKey {
  pkcs8Der: Buffer;
  spkiDer: Buffer;
}

/** What kind of private key `der` is, by its structure; null when it is none. */
export function privateKeyFormat(der: Uint8Array): PrivateKeyFile['format'] | null {
  try {
    const parts = children(readTlv(der));
    const [first, second] = parts;
    if (first?.tag === TAG.sequence && second?.tag === TAG.octetString && children(first).length === 2)
      return 'PKCS#8 encrypted';
    if (first?.tag !== TAG.integer || second === undefined) return null;
    // A version is one octet; Diffie-Hellman parameters begin with a number, too, but a long one.
    const version = first.content.length === 1 ? first.content[0] : undefined;
    // RFC 8017 A.1.2: version, modulus and seven more numbers.
    if (version === 0 && parts.length >= 9 && parts.every(({ tag }) => tag === TAG.integer)) return 'PKCS#1';
    if (version === 1 && second.tag === TAG.octetString) return 'SEC1';
    const isAlgorithm = second.tag === TAG.sequence && children(second)[0]?.tag === TAG.oid;
    return (version === 0 || version === 1) && isAlgorithm && parts[2]?.tag === TAG.octetString
      ? 'PKCS#8'
      : null;
  } catch (error) {
    if (error instanceof X509Error) return null;
    throw error;
  }
}

const PEM_FORMATS: Record<string, PrivateKeyFile['format']> = {
  'PRIVATE KEY': 'PKCS#8',
  'RSA PRIVATE KEY': 'PKCS#1',
  'EC PRIVATE KEY': 'SEC1',
  'ENCRYPTED PRIVATE KEY': 'PKCS#8 encrypted',
};

/** The file behind a PEM block, or null when its label is no private key of these formats. */
export function privateKeyOfPem(label: string, headers: string[], text: string): PrivateKeyFile | null {
  const format = PEM_FORMATS[label];
  if (format === undefined) return null;
  const legacy = headers.some((line) => /^Proc-Type:.*ENCRYPTED/.test(line));
  if (legacy && format === 'PKCS#1')
    return { format: 'PKCS#1 encrypted (legacy PEM)', encrypted: true, source: { pem: text } };
  if (legacy && format === 'SEC1')
    return { format: 'SEC1 encrypted (legacy PEM)', encrypted: true, source: { pem: text } };
  return { format, encrypted: format === 'PKCS#8 encrypted', source: { pem: text } };
}

const DER_TYPES = {
  'PKCS#8': 'pkcs8',
  'PKCS#1': 'pkcs1',
  SEC1: 'sec1',
} as const;

function load(file: PrivateKeyFile, passphrase: string | null): KeyObject {
  const secret = passphrase === null ? {} : { passphrase };
  if ('pem' in file.source) return createPrivateKey({ key: file.source.pem, format: 'pem', ...secret });
  const type = DER_TYPES[file.format as keyof typeof DER_TYPES];
  return createPrivateKey({ key: Buffer.from(file.source.der), format: 'der', type, ...secret });
}

/** EncryptedPrivateKeyInfo (RFC 5958 3): its algorithm and what lies under it. Throws X509Error. */
function encryptedParts({ source }: PrivateKeyFile): { scheme: Tlv | undefined; body: Uint8Array } {
  const der = 'pem' in source ? readPem(source.pem).blocks[0]?.der : source.der;
  const [scheme, body] = children(readTlv(der ?? new Uint8Array()));
  return { scheme, body: expectTag(body, TAG.octetString, 'the encrypted key').content };
}

/** Rounds of key derivation that opening this file takes. Throws X509Error when it asks for more than is done. */
export function costOfKeyFile(file: PrivateKeyFile): number {
  return file.format === 'PKCS#8 encrypted' ? costOf(encryptedParts(file).scheme) : 0;
}

const PKCS8_HINT = 'openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEW';

/** Opens an encrypted PKCS#8, beside the event loop. Throws PrivateKeyError, X509Error when it is encrypted in an unknown way. */
async function readEncrypted(file: PrivateKeyFile, passphrase: string): Promise<PrivateKey> {
  const { scheme, body } = encryptedParts(file);
  const plain = await decryptWithPassword(scheme, body, passphrase, PKCS8_HINT);
  try {
    return keyPairOf(createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' }));
  } catch {
    // Wrong padding that happens to look right.
    throw wrongPassphrase();
  } finally {
    plain.fill(0);
  }
}

const wrongPassphrase = (): PrivateKeyError =>
  new PrivateKeyError('wrongPassphrase', 'Wrong passphrase, or the key is damaged.');

/**
 * Opens a key file. Throws PrivateKeyError, `wrongPassphrase` also when an encrypted key is damaged inside; X509Error when it asks
 * for more work than one key may cost. What several cost together is `costOfKeyFile`'s to say, before the first.
 */
export async function openPrivateKey(file: PrivateKeyFile, passphrase: string | null): Promise<PrivateKey> {
  return file.format === 'PKCS#8 encrypted' && passphrase !== null
    ? readEncrypted(file, passphrase)
    : readPrivateKey(file, passphrase);
}

/** A key that lies in the clear, or under the old armour of OpenSSL, which costs nothing. Throws PrivateKeyError. */
export function readPrivateKey(file: PrivateKeyFile, passphrase: string | null): PrivateKey {
  if (file.encrypted && passphrase === null)
    throw new PrivateKeyError('passphraseNeeded', 'The private key is encrypted: its passphrase is needed.');
  // SECURITY: OpenSSL does as many rounds as the file asks for, and everything waits for it.
  if (file.format === 'PKCS#8 encrypted') throw new Error('an encrypted PKCS#8 is opened by openPrivateKey');
  let key: KeyObject;
  try {
    key = load(file, file.encrypted ? passphrase : null);
  } catch (error) {
    const text = error instanceof Error ? error.message : '';
    if (file.encrypted && /unsupported|unknown cipher/i.test(text))
      throw new PrivateKeyError(
        'unreadable',
        'The private key is encrypted in a way this build cannot open. Convert it with: openssl pkcs8 -topk8 -v2 aes-256-cbc',
      );
    if (file.encrypted) throw wrongPassphrase();
    throw new PrivateKeyError('unreadable', 'The private key is damaged or of a type Baleen does not know.');
  }
  return keyPairOf(key);
}

function keyPairOf(key: KeyObject): PrivateKey {
  return {
    pkcs8Der: key.export({ format: 'der', type: 'pkcs8' }),
    spkiDer: createPublicKey(key).export({ format: 'der', type: 'spki' }),
  };
}

/**
 * PKCS#8 PEM for a file: plain ("PRIVATE KEY"), or encrypted (pbes2-writer.ts), which OpenSSL 1.1 and every Java since 8
 * open. Takes some tenths of a second by design when it is encrypted.
 */
export async function privateKeyPem(
  pkcs8Der: Uint8Array,
  passphrase: string | null,
  random: Secret['random'],
): Promise<string> {
  if (passphrase === null) return toPem('PRIVATE KEY', pkcs8Der);
  const { algorithm, body } = await encrypted(pkcs8Der, { passphrase, random });
  return toPem('ENCRYPTED PRIVATE KEY', sequence(algorithm, octetString(body)));
}

/** RSAPrivateKey, DER, as krillta keeps its keys. SECURITY: in the clear; the caller wipes it. */
export function pkcs1Der(pkcs8Der: Uint8Array): Buffer {
  const key = createPrivateKey({ key: Buffer.from(pkcs8Der), format: 'der', type: 'pkcs8' });
  return key.export({ format: 'der', type: 'pkcs1' });
}
