/** Serial numbers: random, positive, never short. That none repeats is the ledger's business. */
import type { Random } from '../ports.ts';

/**
 * `bits` random bits (64 to 159), big-endian and unsigned: at most 20 octets with the sign (RFC 5280 4.1.2.2). The first
 * octet is never zero, because DER would drop it and the numbers of one authority would differ in length.
 */
export function newSerial(bits: number, random: Random): Uint8Array {
  const length = Math.ceil(bits / 8);
  const serial = Uint8Array.from(random.bytes(length));
  serial[0] = (serial[0] ?? 0) & (0xff >> (length * 8 - bits));
  if (serial[0] === 0) serial[0] = 1;
  return serial;
}
