/**
 * Private key files: PKCS#8, PKCS#1, SEC1, encrypted or not, to PKCS#8 and the public half; and back to an encrypted
 * PKCS#8 for export. It stores nothing; the caller wipes what it is given.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { children, readTlv, TAG } from './der-reader.ts';
import { octetString, sequence } from './der-writer.ts';
import { encrypted, type Secret } from './pbes2-writer.ts';
import { toPem } from './pem.ts';
import { X509Error } from './x509-error.ts';

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

/** Why a key was not read: the two a screen treats differently, and the rest. */
export class PrivateKeyError extends X509Error {
  readonly reason: 'passphraseNeeded' | 'wrongPassphrase' | 'unreadable';
  constructor(reason: PrivateKeyError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
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
  'PKCS#8 encrypted': 'pkcs8',
  'PKCS#1': 'pkcs1',
  SEC1: 'sec1',
} as const;

function load(file: PrivateKeyFile, passphrase: string | null): KeyObject {
  const secret = passphrase === null ? {} : { passphrase };
  if ('pem' in file.source) return createPrivateKey({ key: file.source.pem, format: 'pem', ...secret });
  const type = DER_TYPES[file.format as keyof typeof DER_TYPES];
  return createPrivateKey({ key: Buffer.from(file.source.der), format: 'der', type, ...secret });
}

/** Opens a key file. Throws PrivateKeyError; `wrongPassphrase` also when an encrypted key is damaged inside. */
export function readPrivateKey(file: PrivateKeyFile, passphrase: string | null): PrivateKey {
  if (file.encrypted && passphrase === null)
    throw new PrivateKeyError('passphraseNeeded', 'The private key is encrypted: its passphrase is needed.');
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
    if (file.encrypted)
      throw new PrivateKeyError('wrongPassphrase', 'Wrong passphrase, or the key is damaged.');
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
