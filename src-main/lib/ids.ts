/** Identifiers of everything main keeps: a short prefix that says what, and 80 random bits. Not secret, not guessable. */
import type { Random } from '../ports.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** "crt-" + 16 base32 characters. */
export function newId(prefix: string, random: Random): string {
  let text = '';
  for (const byte of random.bytes(16)) text += ALPHABET[byte & 31];
  return `${prefix}-${text}`;
}
