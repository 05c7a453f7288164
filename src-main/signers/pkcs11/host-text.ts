/** Texts as PKCS#11 has them. Runs in the child. */
import { Buffer } from 'node:buffer';

/** SECURITY: the library's binding takes text and no octets, so a copy that nobody can wipe lives until it is collected. */
export function pinText(pin: Uint8Array | null): string {
  return pin === null ? '' : Buffer.from(pin.buffer, pin.byteOffset, pin.byteLength).toString('utf8');
}

/** Without the padding. */
export const clean = (text: string): string => text.replaceAll('\0', '').trim();

/** C_InitToken reads exactly 32 octets, padded with blanks (PKCS#11 2.40, 5.5). */
export function paddedLabel(label: string): string {
  return label + ' '.repeat(Math.max(0, 32 - Buffer.byteLength(label)));
}
