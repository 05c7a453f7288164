/**
 * Characters that are not seen, or that turn round what stands beside them: a name with one of them can pass for another
 * (Unicode UAX #9 and UTS #39; RFC 9549 2 for names in certificates). Where such a text is shown, they are written out.
 */

/** Control, direction and zero-width characters, line separators, fillers, variation selectors, half characters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const ALL_HIDDEN = new RegExp(HIDDEN, 'gu');

/** For schemas of names that are typed here. */
export const NOTHING_HIDDEN = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]*$/u;

/** The bidirectional controls of UAX #9 2 and the usual zero-width characters, by their Unicode names. */
const NAMES: Record<string, string> = {
  'U+0000': 'null',
  'U+00AD': 'soft hyphen',
  'U+034F': 'combining grapheme joiner',
  'U+061C': 'Arabic letter mark',
  'U+115F': 'Hangul filler',
  'U+1160': 'Hangul filler',
  'U+180E': 'Mongolian vowel separator',
  'U+200B': 'zero width space',
  'U+200C': 'zero width non-joiner',
  'U+200D': 'zero width joiner',
  'U+200E': 'left-to-right mark',
  'U+200F': 'right-to-left mark',
  'U+2028': 'line separator',
  'U+2029': 'paragraph separator',
  'U+202A': 'left-to-right embedding',
  'U+202B': 'right-to-left embedding',
  'U+202C': 'pop directional formatting',
  'U+202D': 'left-to-right override',
  'U+202E': 'right-to-left override',
  'U+2060': 'word joiner',
  'U+2066': 'left-to-right isolate',
  'U+2067': 'right-to-left isolate',
  'U+2068': 'first strong isolate',
  'U+2069': 'pop directional isolate',
  'U+3164': 'Hangul filler',
  'U+FEFF': 'zero width no-break space',
};

/** "U+202E". */
function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The text with each hidden character as `write` has it. */
export function replaceHidden(text: string, write: (character: string) => string): string {
  return text.replaceAll(ALL_HIDDEN, write);
}

/** The text with each hidden character written out: "[U+202E]gnp.exe". Applying it twice changes nothing. */
export function shownText(text: string): string {
  return replaceHidden(text, (character) => `[${codePoint(character)}]`);
}

/** The hidden characters of a text, each once: "U+202E (right-to-left override)". */
export function hiddenIn(text: string): string[] {
  const found = new Set([...text.matchAll(ALL_HIDDEN)].map(([character]) => codePoint(character)));
  return [...found].map((code) => (NAMES[code] === undefined ? code : `${code} (${NAMES[code]})`));
}

/** Whether a text holds any of them. */
export function hidesSomething(text: string): boolean {
  return HIDDEN.test(text);
}
