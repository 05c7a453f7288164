import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { JsonError, JsonNumber, type JsonValue, readJson, writeJson } from './json-reader.ts';

const read = (text: string): JsonValue => readJson(Buffer.from(text));

/** The same as JSON.parse gives, to compare. */
function plain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, item]) => [name, plain(item)]));
  return value;
}

describe('reading', () => {
  test('agrees with JSON.parse on whatever JSON.stringify writes, and comes back whole', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        let twice = false;
        try {
          const value = read(text);
          expect(plain(value)).toEqual(JSON.parse(text));
          expect(plain(read(writeJson(value)))).toEqual(JSON.parse(text));
        } catch (error) {
          twice = error instanceof JsonError && /stands twice|half a character/.test(error.message);
          if (!twice) throw error;
        }
      }),
    );
  });

  test('numbers keep every digit', () => {
    const text = '[18446744073709551615,0.10,1E400,-0]';
    expect(writeJson(read(text)).replaceAll(/\s/g, '')).toBe(text);
  });

  test.each(['request', 'response'])('a real %s of krillta comes back octet by octet', (name) => {
    const bytes = readFileSync(vectorPath('krill-ta', name === 'request' ? 'req.json' : 'resp.json'));
    expect(writeJson(readJson(bytes))).toBe(bytes.toString().trimEnd());
  });
});

describe('refusing, with the place', () => {
  test.each([
    ['', 'it is cut off', ''],
    ['{"a":1,"a":1}', '"a" stands twice', ''],
    ['{"a":{"b":[1,{"c":01}]}}', 'a comma or "}" is missing', 'a.b[1]'],
    ['{"a b":[tru]}', 'it is not JSON', '"a b"[0]'],
    ['{"a":"x', 'a text is cut off', 'a'],
    ['{"a":"\u0007"}', 'must be escaped', 'a'],
    ['{"a":"\\ud800"}', 'half a character', 'a'],
    ['{a:1}', 'a name in quotes is missing', ''],
    ['[1,]', 'it is not JSON', '[1]'],
    ['{} {}', 'something follows', ''],
    ['\ufeff{}', 'byte order mark', ''],
    ['['.repeat(70), 'more than 64 levels', /^(\[0\])+$/],
    ["{'a':1}", 'a name in quotes is missing', ''],
    ['NaN', 'it is not JSON', ''],
  ])('%s', (text, said, path) => {
    try {
      read(text);
      expect.unreachable('it was read');
    } catch (error) {
      expect(error).toBeInstanceOf(JsonError);
      expect((error as JsonError).message).toContain(said);
      if (typeof path === 'string') expect((error as JsonError).path).toBe(path);
      else expect((error as JsonError).path).toMatch(path);
    }
  });

  test('octets that are no UTF-8', () => {
    expect(() => readJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not UTF-8');
  });
});

test('a text of 30 MiB is read, with and without escapes', () => {
  const long = 'A'.repeat(30 * 1_048_576);
  expect(readJson(Buffer.from(`"${long}"`))).toBe(long);
  expect(readJson(Buffer.from(`"\\n${long}"`))).toBe(`\n${long}`);
  expect(() => readJson(Buffer.from(`"${long}`))).toThrow(/cut off/);
});
