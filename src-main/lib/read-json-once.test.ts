import { expect, test } from 'vitest';
import { deeper, isTextOf, readJson, readJsonText, writeJson } from './json-reader.ts';
import { asObject } from './json-shape.ts';
import { readJsonOnce } from './read-json-once.ts';

test('an array is read once while it holds the same octets, and again when it does not', () => {
  const bytes = Buffer.from('{"a": 1}');
  const first = readJsonOnce(bytes);
  expect(readJsonOnce(bytes)).toBe(first);
  // Another array is another one, whatever it holds.
  expect(readJsonOnce(Buffer.from(bytes))).not.toBe(first);
  bytes[6] = 0x32;
  expect(readJsonOnce(bytes).textOf('a')).toBe('2');
  bytes[7] = 0x20;
  expect(() => readJsonOnce(bytes)).toThrow('is missing');
  expect(() => readJsonOnce(bytes)).toThrow('is missing');
});

test('a member of the outermost object is told as it is written, others are not', () => {
  const { textOf } = readJsonText(Buffer.from('{ "a" :  [1,\n {"b": 2}] , "c":"x" }'));
  expect(textOf('a')).toBe('[1,\n {"b": 2}]');
  expect(textOf('c')).toBe('"x"');
  expect(textOf('b')).toBe('');
});

test('the text of a document as a member of another one is known by the letter; whatever says something else is not', () => {
  const inner = writeJson(readJson(Buffer.from('{"nonce": "a\\nb", "list": [1, {"x": []}], "none": {}}')));
  const outer = `{\n  "signed": {},\n  "request": ${deeper(inner)}\n}\n`;
  const { value, textOf } = readJsonText(Buffer.from(outer));
  const content = Buffer.from(inner);
  expect(isTextOf(content, textOf('request'))).toBe(true);
  const member = asObject(value, '', { required: ['signed', 'request'] }).get('request');
  expect(writeJson(member ?? null)).toBe(inner);
  expect(isTextOf(content, textOf('signed'))).toBe(false);
  for (const [from, to] of [
    ['a\\nb', 'a\\nc'],
    ['[\n', '[ \n'],
    ['1', '1.0'],
  ] as const)
    expect(isTextOf(Buffer.from(inner.replace(from, to)), textOf('request'))).toBe(false);
  expect(isTextOf(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), content]), textOf('request'))).toBe(false);
  expect(isTextOf(Buffer.from([0xff]), textOf('request'))).toBe(false);
});
