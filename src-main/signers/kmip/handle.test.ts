import { expect, test } from 'vitest';
import { pairHandle, readHandle } from './handle.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ['5:6', { publicId: '5', privateId: '6' }],
  ['4', { publicId: null, privateId: '4' }],
  ['ü-1:ü-2', { publicId: 'ü-1', privateId: 'ü-2' }],
])('%s is kept as Krill keeps it', (text, pair) => {
  expect(readHandle(bytes(text))).toEqual(pair);
  expect(pairHandle(pair)).toEqual(bytes(text));
});

test.each(['', ':', ':6', '5:', '1:2:3'])('%j is no pair', (text) => {
  expect(() => readHandle(bytes(text))).toThrow(expect.objectContaining({ trouble: 'key-gone' }));
});

test.each([
  { publicId: 'a:b', privateId: 'c' },
  { publicId: 'a', privateId: 'b:c' },
  { publicId: 'a', privateId: '' },
])('identifiers that could not be told apart again are refused: %j', (pair) => {
  expect(() => pairHandle(pair)).toThrow(expect.objectContaining({ trouble: 'unsupported' }));
});
