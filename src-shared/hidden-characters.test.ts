import { expect, test } from 'vitest';
import { hiddenIn, hidesSomething, NOTHING_HIDDEN, shownText } from './hidden-characters.ts';

/** UAX #9 2: the bidirectional controls; the zero-width and filler characters of UTS #39; separators; controls. */
const HIDDEN = [
  ...[0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
  ...[0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2061, 0x2062],
  ...[0x2063, 0x2064, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xe0001, 0xe0020, 0xe007f, 0xe0100, 0x2028, 0x2029],
  ...[0, 7, 0x1b, 0x7f, 0x85, 0xd800],
];

test.each(HIDDEN.map((code) => [code.toString(16)]))('U+%s is written out and refused', (hex) => {
  const text = `a${String.fromCodePoint(Number.parseInt(hex, 16))}b`;
  expect(shownText(text)).toBe(`a[U+${hex.toUpperCase().padStart(4, '0')}]b`);
  expect(hidesSomething(text)).toBe(true);
  expect(NOTHING_HIDDEN.test(text)).toBe(false);
});

test.each(['gnp.exe', 'Zürich 東京', 'بيانات', 'наука', 'a b', '👍', '[U+202E]x', ''])(
  '“%s” stays as it is',
  (text) => {
    expect(shownText(text)).toBe(text);
    expect(hidesSomething(text)).toBe(false);
    expect(NOTHING_HIDDEN.test(text)).toBe(true);
  },
);

test('each is told once, by its name', () => {
  expect(hiddenIn('\u202Ea\u202Eb\u200Bc\u0007')).toEqual([
    'U+202E (right-to-left override)',
    'U+200B (zero width space)',
    'U+0007',
  ]);
});
