/**
 * The printed recovery key: 160 random bits as eight groups of four letters and a check letter, in an alphabet
 * without I, L, O and U. Reading is tolerant of case, spaces, dashes and the usual confusions.
 */
import { AppError } from '../lib/app-error.ts';
import type { Random } from '../ports.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const RECOVERY_GROUPS = 8;

/** Twice `value` in GF(32), x^5 + x^2 + 1. */
function twice(value: number): number {
  const double = value << 1;
  return double & 32 ? double ^ 0x25 : double;
}

/** Differs for every single wrong letter, every two neighbours swapped, and the same group in another place. */
function checkLetter(group: string, index: number): string {
  let sum = index;
  for (const letter of group) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return '';
    sum = twice(sum ^ value);
  }
  return ALPHABET[sum] ?? '';
}

/** "7K2MQ-…": eight groups of five. */
export function newRecoveryKey(random: Random): string {
  const letters = [...random.bytes(RECOVERY_GROUPS * 4)].map((byte) => ALPHABET[byte & 31]).join('');
  const groups = (letters.match(/.{4}/g) ?? []).map((group, index) => group + checkLetter(group, index));
  return groups.join('-');
}

/** The groups of a key. */
export function recoveryGroups(key: string): string[] {
  return key.split('-');
}

/** One group in its strict form, however it was typed. */
export function normalGroup(typed: string): string {
  return typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
}

/** The strict form of a typed key. Throws AppError INVALID_INPUT that names the first wrong group. */
export function readRecoveryKey(typed: string): string {
  const groups = normalGroup(typed).match(/.{1,5}/g) ?? [];
  if (groups.length !== RECOVERY_GROUPS || groups.at(-1)?.length !== 5)
    throw new AppError(
      'INVALID_INPUT',
      `A recovery key has ${RECOVERY_GROUPS} groups of five characters. Type all of them.`,
    );
  for (const [index, group] of groups.entries())
    if (checkLetter(group.slice(0, 4), index) !== group[4])
      throw new AppError(
        'INVALID_INPUT',
        `Group ${index + 1} of the recovery key is mistyped. Compare it with the paper.`,
      );
  return groups.join('-');
}
