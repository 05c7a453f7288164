/**
 * The key hierarchy: secret -> Argon2id -> key-encryption key -> master key -> HKDF labels. It keeps nothing; the
 * vault holds the master key while it is unlocked and wipes it.
 */
import { hashRaw } from '@node-rs/argon2';
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { AppError } from '../lib/app-error.ts';
import { wipe } from '../lib/bytes.ts';
import type { Random } from '../ports.ts';
import { type Header, headerBinding, type Kdf, type Slot } from './header.ts';

const PRESET_KDF: Kdf = { algorithm: 'argon2id', memoryKiB: 131_072, passes: 3, lanes: 4 };
const AIM_MS = 500;
const MOST_PASSES = 20;

async function derive(secret: string, salt: Uint8Array, kdf: Kdf): Promise<Buffer> {
  return hashRaw(secret.normalize('NFKC'), {
    algorithm: 2,
    memoryCost: kdf.memoryKiB,
    timeCost: kdf.passes,
    parallelism: kdf.lanes,
    outputLen: 32,
    salt,
  });
}

/** Parameters that take about half a second on this machine, measured once when a workspace is made. */
export async function calibrateKdf(random: Random): Promise<Kdf> {
  // The first derivation also pays for fresh memory; the second is what an unlock takes.
  wipe(await derive('calibration', random.bytes(16), PRESET_KDF));
  const started = performance.now();
  wipe(await derive('calibration', random.bytes(16), PRESET_KDF));
  const perPass = (performance.now() - started) / PRESET_KDF.passes;
  return {
    ...PRESET_KDF,
    passes: Math.min(MOST_PASSES, Math.max(PRESET_KDF.passes, Math.round(AIM_MS / perPass))),
  };
}

/** Wraps the master key under `secret` (NFKC). AES-256-GCM, 16-byte tag, bound to the header. */
export async function makeSlot(
  header: Header,
  type: Slot['type'],
  secret: string,
  masterKey: Uint8Array,
  kdf: Kdf,
  random: Random,
): Promise<Slot> {
  const salt = random.bytes(16);
  const nonce = random.bytes(12);
  const kek = await derive(secret, salt, kdf);
  const cipher = createCipheriv('aes-256-gcm', kek, nonce, { authTagLength: 16 });
  cipher.setAAD(headerBinding(header, type, kdf));
  const wrapped = Buffer.concat([cipher.update(masterKey), cipher.final(), cipher.getAuthTag()]);
  wipe(kek);
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return { type, salt: text(salt), kdf, nonce: text(nonce), wrapped: text(wrapped) };
}

/** The master key, or AppError WRONG_PASSPHRASE (also when the header was altered: the two cannot be told apart). */
export async function openSlot(header: Header, type: Slot['type'], secret: string): Promise<Buffer> {
  const slot = header.slots.find((candidate) => candidate.type === type);
  if (slot === undefined) throw new AppError('WRONG_PASSPHRASE', 'This workspace has no recovery key.');
  const kek = await derive(secret, Buffer.from(slot.salt, 'base64'), slot.kdf);
  const wrapped = Buffer.from(slot.wrapped, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', kek, Buffer.from(slot.nonce, 'base64'), {
    authTagLength: 16,
  });
  decipher.setAAD(headerBinding(header, type, slot.kdf));
  decipher.setAuthTag(wrapped.subarray(-16));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(0, -16)), decipher.final()]);
  } catch {
    // The only failure GCM knows: another key, or other bytes.
    throw new AppError(
      'WRONG_PASSPHRASE',
      type === 'passphrase'
        ? 'That is not the passphrase of this workspace. Nothing was changed.'
        : 'That is not the recovery key of this workspace. Nothing was changed.',
    );
  } finally {
    wipe(kek);
  }
}

const LABELS = ['database', 'sealing', 'audit-mac', 'audit-signature', 'backup', 'recovery-copy'] as const;

/** HKDF-SHA256 of the master key under one label; 32 bytes. */
export function subkey(masterKey: Uint8Array, label: (typeof LABELS)[number]): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `baleen-1 ${label}`, 32));
}
