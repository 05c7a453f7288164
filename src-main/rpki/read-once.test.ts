import { expect, test } from 'vitest';
import { X509Error } from '../x509/x509-error.ts';
import { Faults } from './fault.ts';
import { readOnce } from './read-once.ts';

function counted() {
  let reads = 0;
  const read = readOnce((der, faults) => {
    reads += 1;
    faults.check(der[0] === 0x30, `it begins with ${der[0]}`, 'X.690 8');
    if (der.length > 2) throw new X509Error('it is too long');
    return der[0];
  });
  return { read, reads: () => reads };
}

test('an array is read once, and its faults are told every time', () => {
  const { read, reads } = counted();
  const der = Uint8Array.of(0x31, 0x00);
  for (const _ of [1, 2]) {
    const faults = new Faults();
    expect(read(der, faults)).toBe(0x31);
    expect(faults.found).toEqual([{ text: 'it begins with 49', clause: 'X.690 8' }]);
  }
  expect(reads()).toBe(1);
});

test('an array that was changed is read anew', () => {
  const { read, reads } = counted();
  const der = Uint8Array.of(0x30, 0x00);
  const faults = new Faults();
  read(der, faults);
  der[0] = 0x04;
  expect(read(der, faults)).toBe(0x04);
  expect(faults.found).toHaveLength(1);
  expect(reads()).toBe(2);
});

test('what is refused is refused every time, with the faults found before', () => {
  const { read } = counted();
  const der = Uint8Array.of(0x31, 0x01, 0x00);
  for (const _ of [1, 2]) {
    const faults = new Faults();
    expect(() => read(der, faults)).toThrow('it is too long');
    expect(faults.found).toHaveLength(1);
  }
});
