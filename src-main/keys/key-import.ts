/** A private key file on its way into the workspace: recognised, opened, checked. It stores nothing. */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { AppError } from '../lib/app-error.ts';
import { keyAlgorithmOf } from '../signers/stored-key.ts';
import { keyView } from '../x509/public-key.ts';
import { openPrivateKey, type PrivateKey } from '../x509/private-key.ts';
import { recognise } from '../x509/recognise.ts';
import { PrivateKeyError, X509Error } from '../x509/x509-error.ts';

export interface ImportedKey extends PrivateKey {
  algorithm: KeyAlgorithm;
}

function sentence(message: string): string {
  return message.replace(/^[a-z]/, (letter) => letter.toUpperCase()).replace(/([^.])$/, '$1.');
}

/**
 * Reads PKCS#8, PKCS#1 or SEC1, encrypted or not. SECURITY: the caller wipes `pkcs8Der`.
 * Throws AppError PASSPHRASE_NEEDED, WRONG_PASSPHRASE, INVALID_INPUT (no key, two keys, a kind Baleen cannot use).
 */
export async function readKeyFile(bytes: Uint8Array, passphrase: string | null): Promise<ImportedKey> {
  try {
    const { objects, recognised } = recognise(bytes);
    const keys = objects.flatMap((object) => (object.kind === 'privateKey' ? [object.file] : []));
    const [file, second] = keys;
    if (file === undefined)
      throw new AppError('INVALID_INPUT', `This is no private key: ${recognised}. Choose the key file.`);
    if (second !== undefined)
      throw new AppError(
        'INVALID_INPUT',
        `The file holds ${keys.length} private keys. Split it and import each.`,
      );
    const key = await openPrivateKey(file, passphrase);
    const algorithm = keyAlgorithmOf(key.spkiDer);
    if (algorithm === null) {
      key.pkcs8Der.fill(0);
      throw new AppError(
        'INVALID_INPUT',
        `Baleen does not use ${keyView(key.spkiDer).text} keys. RSA 2048, 3072, 4096, P-256, P-384, P-521 and Ed25519 can be imported.`,
      );
    }
    return { ...key, algorithm };
  } catch (error) {
    if (error instanceof PrivateKeyError && error.reason === 'passphraseNeeded')
      throw new AppError('PASSPHRASE_NEEDED', 'The key file is encrypted. Type its passphrase.');
    if (error instanceof PrivateKeyError && error.reason === 'wrongPassphrase')
      throw new AppError('WRONG_PASSPHRASE', 'Wrong passphrase: the key was not imported. Try again.');
    if (error instanceof X509Error) throw new AppError('INVALID_INPUT', sentence(error.message));
    throw error;
  }
}
