import { expect, test } from 'vitest';
import { foldedName, plainName } from './same-name.ts';

test.each([
  ['case and runs of blanks', 'ann \u00A0 EXAMPLE '],
  ['wide letters', 'Ａｎｎ Ｅｘａｍｐｌｅ'],
  ['a letter that nobody sees', 'Ann\u200B Exam\u00ADple'],
  ['letters of Cyrillic', 'Аnn Ехаmрlе'],
  ['letters of Greek', 'Αnn Εxample'],
])('the same name: %s', (_what, other) => {
  expect(other).not.toBe('Ann Example');
  expect(foldedName(other)).toBe(foldedName('Ann Example'));
});

test('a ligature, an accent put together or not, and capitals of another script', () => {
  expect(foldedName('Joﬀre')).toBe(foldedName('joffre'));
  expect(foldedName('Jose\u0301')).toBe(foldedName('JOSÉ'));
  expect(foldedName('ВЕРА')).toBe(foldedName('вера'));
});

test('other people stay other people', () => {
  const names = [
    'Ann Example',
    'Anna Example',
    'Jan',
    'Ian',
    'Lan',
    'José',
    'Jose',
    'Вера',
    'Нина',
    '山田',
    '田山',
  ];
  expect(new Set(names.map(foldedName)).size).toBe(names.length);
});

test('what is kept of a name is what was typed, without what nobody sees', () => {
  expect(plainName('  Ann \u200B  Example ')).toBe('Ann Example');
});
