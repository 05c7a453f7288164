import { expect, test } from '@playwright/test';
import { createCanaries } from './canaries.ts';

// The search itself is tested: each form is planted once and found.
const SECRET = Buffer.from('00ff10canary-bytes', 'utf8');
const PLANTED: [string, unknown][] = [
  ['raw text', { text: `before ${SECRET.toString('utf8')} after` }],
  ['raw bytes', { deep: [new Uint8Array(Buffer.concat([Buffer.alloc(3), SECRET]))] }],
  ['lower hex', SECRET.toString('hex')],
  ['upper hex', SECRET.toString('hex').toUpperCase()],
  ...[0, 1, 2].map((shift): [string, unknown] => [
    `base64 at ${shift}`,
    { value: Buffer.concat([Buffer.alloc(shift, 7), SECRET, Buffer.from('tail')]).toString('base64') },
  ]),
];

for (const [name, value] of PLANTED) {
  test(`a canary is found as ${name}`, () => {
    const canaries = createCanaries();
    canaries.guard('secret', SECRET);
    canaries.saw('answer', value);
    expect(canaries.leaks()).toEqual(['secret in answer']);
  });
}

test('what holds no canary passes', () => {
  const canaries = createCanaries();
  canaries.guard('secret', SECRET);
  canaries.saw('answer', { text: 'something else' });
  canaries.sawArguments();
  expect(canaries.leaks()).toEqual([]);
});
