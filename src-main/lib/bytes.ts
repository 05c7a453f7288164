/** Bytes to text and back, and the wiping of secrets. No parsing. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Upper-case hex without separators. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();
}

/** SHA-256 of `bytes` as upper-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').toUpperCase();
}

/** Equal content, in time that depends on the length only. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Overwrites secrets that are no longer needed. SECURITY: JavaScript may have copied them before; this bounds, not removes. */
export function wipe(...secrets: (Uint8Array | null | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}
