/**
 * PINs that a device refused, as salted scrypt hashes: enough to know one again, not to read it. The database that keeps
 * them is encrypted; the hash is for the day when it is not.
 */
import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { equalBytes } from '../../lib/bytes.ts';
import type { Random } from '../../ports.ts';
import type { RefusedPin } from '../../store/signer-columns.ts';

const derive = promisify<Uint8Array, Uint8Array, number, Buffer>(scrypt);

function hashOf(pin: Uint8Array, salt: string): Promise<Buffer> {
  return derive(pin, Buffer.from(salt, 'hex'), 32);
}

export async function refusedPin(pin: Uint8Array, random: Random, at: Date): Promise<RefusedPin> {
  const salt = Buffer.from(random.bytes(16)).toString('hex');
  return { salt, hash: (await hashOf(pin, salt)).toString('hex'), at: at.toISOString() };
}

/** The mark that `pin` bears, or null. */
export async function knownRefusal<M extends Pick<RefusedPin, 'salt' | 'hash'>>(
  pin: Uint8Array,
  refused: readonly M[],
): Promise<M | null> {
  for (const mark of refused)
    if (equalBytes(await hashOf(pin, mark.salt), Buffer.from(mark.hash, 'hex'))) return mark;
  return null;
}
