/**
 * Names of people, compared as somebody reads them: case, blanks, compatibility forms (Unicode NFKC), letters that nobody sees
 * and letters of other scripts that look like a Latin one make no other name.
 */

/**
 * Letters of Cyrillic and Greek that look like a Latin one, small or capital (Unicode UTS 39, confusables, the common ones);
 * lower case, each pair two letters.
 */
const LOOK_ALIKE = new Map(
  [
    ...['аa', 'вb', 'сc', 'еe', 'нh', 'һh', 'іi', 'јj', 'кk', 'мm', 'оo', 'рp', 'ѕs', 'тt', 'уy', 'хx', 'ԁd'],
    ...['ԛq', 'ԝw', 'αa', 'βb', 'εe', 'ηh', 'ιi', 'κk', 'μm', 'νn', 'οo', 'ρp', 'τt', 'υy', 'χx', 'ζz', 'ıi'],
    ...['0o', '1l', "’'", "‘'", "`'", '‐-', '–-', '—-'],
  ].map((pair) => [pair.slice(0, 1), pair.slice(1)] as const),
);

/** One blank between words, none around, and nothing that cannot be seen. What is shown and kept of a name that was typed. */
export const plainName = (name: string): string =>
  name
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Two names are the same one when this is the same text. Not to be shown. */
export function foldedName(name: string): string {
  const plain = plainName(name.normalize('NFKC')).toLowerCase();
  // Once more: a capital may have another form, and what was put together may have left a blank.
  return plainName(
    Array.from(plain.normalize('NFKC'), (letter) => LOOK_ALIKE.get(letter) ?? letter).join(''),
  );
}
