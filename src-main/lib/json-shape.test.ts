import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJson } from './json-reader.ts';
import { differingPath, differingPaths, sameJson } from './json-shape.ts';

const json = (text: string) => readJson(Buffer.from(text));
const paths = (a: string, b: string) => [...differingPaths(json(a), json(b), 'request')];

test('each place where two values differ is named, the missing and the added ones too', () => {
  expect(paths('{"a": 1, "b": [1, 2]}', '{"b": [1, 2], "a": 1}')).toEqual([]);
  expect(paths('{"a": 1, "b": [1, {"c d": "x"}]}', '{"a": 2, "b": [1, {"c d": "y"}, 3], "e": null}')).toEqual(
    ['request.a', 'request.b[1]."c d"', 'request.b[2]', 'request.e'],
  );
  expect(paths('{"a": 10000000000000000000001}', '{"a": 10000000000000000000002}')).toEqual(['request.a']);
  expect(paths('[]', '{}')).toEqual(['request']);
});

test('no place differs exactly when the values are the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
      for (const other of [left, right]) {
        const [a, b] = [json(JSON.stringify(left)), json(JSON.stringify(other))];
        expect(differingPath(a, b, 'x') === null).toBe(sameJson(a, b));
      }
    }),
  );
});
