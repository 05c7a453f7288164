import { expect, test } from 'vitest';
import { checkSubject, markedSubject, REHEARSAL_MARK, type SubjectAttribute } from './subject-rules.ts';

test.each<[SubjectAttribute, RegExp]>([
  [{ type: 'CN', value: '' }, /CN is empty/],
  [{ type: 'CN', value: '../x' }, /no slashes/],
  [{ type: 'CN', value: 'a/b' }, /no slashes/],
  [{ type: 'CN', value: '..' }, /more than dots/],
  [{ type: 'CN', value: 'a\u0007b' }, /control/],
  [{ type: 'O', value: 'a\u202Eb' }, /invisible/],
  [{ type: 'CN', value: 'a\u3164b' }, /invisible/],
  [{ type: 'O', value: ' a' }, /blank/],
  [{ type: 'CN', value: 'x'.repeat(65) }, /65 characters, the most is 64/],
  [{ type: 'C', value: 'ch' }, /two capital letters/],
  [{ type: 'DC', value: 'bücher' }, /ASCII/],
  [{ type: 'serialNumber', value: 'a_b' }, /serialNumber/],
  [{ type: 'O', value: '\ud800' }, /half a character|control/],
])('%j is refused', (attribute, message) => {
  const [first] = checkSubject([attribute], false);
  expect(first?.path).toBe('subject.0');
  expect(first?.message).toMatch(message);
});

test('ordinary names pass, in several scripts', () => {
  const subject: SubjectAttribute[] = [
    { type: 'C', value: 'CH' },
    { type: 'O', value: 'Bücher & Söhne, 例え' },
    { type: 'CN', value: 'kldload Internal CA Root CA' },
  ];
  expect(checkSubject(subject, true)).toEqual([]);
  expect(checkSubject(subject.slice(0, 2), true)).toMatchObject([{ path: 'subject' }]);
  expect(checkSubject([...subject, { type: 'CN', value: 'two' }], true)).toMatchObject([{ path: 'subject' }]);
});

test('a rehearsal is marked once, first, and the mark goes when the same is made for real', () => {
  const subject: SubjectAttribute[] = [{ type: 'CN', value: 'a.example' }];
  const marked = markedSubject(subject, true);
  expect(marked).toEqual([REHEARSAL_MARK, ...subject]);
  expect(markedSubject(marked, true)).toEqual(marked);
  expect(markedSubject(marked, false)).toEqual(subject);
  expect(checkSubject(marked, true)).toEqual([]);
});
