/**
 * Private keys at rest: each under a data key of its own, the data key under the vault's sealing key, both bound to the
 * key's id. Layout: version 1, nonce 12, wrapped data key 32+16, nonce 12, ciphertext, tag 16.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { AppError } from '../lib/app-error.ts';
import { wipe } from '../lib/bytes.ts';
import type { Random } from '../ports.ts';

const VERSION = 1;

function encrypt(key: Uint8Array, nonce: Uint8Array, binding: string, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(binding));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, nonce: Uint8Array, binding: string, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(binding));
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

/** Seals PKCS#8 bytes for the key `keyId`. */
export function seal(sealingKey: Uint8Array, keyId: string, plain: Uint8Array, random: Random): Uint8Array {
  const dataKey = random.bytes(32);
  const [outer, inner] = [random.bytes(12), random.bytes(12)];
  const wrapped = encrypt(sealingKey, outer, `wrap ${keyId}`, dataKey);
  const body = encrypt(dataKey, inner, `key ${keyId}`, plain);
  wipe(dataKey);
  return new Uint8Array(Buffer.concat([Uint8Array.of(VERSION), outer, wrapped, inner, body]));
}

/** SECURITY: the caller wipes the result. Throws AppError WORKSPACE_DAMAGED when it was altered or is another key's. */
export function unseal(sealingKey: Uint8Array, keyId: string, sealed: Uint8Array): Buffer {
  let dataKey: Buffer | null = null;
  try {
    if (sealed[0] !== VERSION) throw new Error('unknown version');
    dataKey = decrypt(sealingKey, sealed.subarray(1, 13), `wrap ${keyId}`, sealed.subarray(13, 61));
    return decrypt(dataKey, sealed.subarray(61, 73), `key ${keyId}`, sealed.subarray(73));
  } catch (error) {
    throw new AppError(
      'WORKSPACE_DAMAGED',
      'A stored private key cannot be opened: the workspace is damaged. Restore a backup into a new folder.',
      { ids: [keyId] },
      { cause: error },
    );
  } finally {
    wipe(dataKey);
  }
}
