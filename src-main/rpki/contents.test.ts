import { expect, test } from 'vitest';
import { integer, sequence, tlv } from '../x509/der-writer.ts';
import { readAspa } from './aspa.ts';
import { Faults } from './fault.ts';
import { readGhostbusters } from './ghostbusters.ts';

function texts(run: (faults: Faults) => unknown): string {
  const faults = new Faults();
  run(faults);
  return faults.found.map(({ text }) => text).join('; ');
}

const aspa = (customer: number, providers: number[], version: Uint8Array[] = [tlv(0xa0, integer(1))]) =>
  sequence(...version, integer(customer), sequence(...providers.map((one) => integer(one))));

test.each<[string, Uint8Array, RegExp]>([
  ['good', aspa(64496, [64497, 64498]), /^$/],
  ['AS0 alone', aspa(64496, [0]), /^$/],
  ['AS0 and another', aspa(64496, [0, 64497]), /AS0/],
  ['falling', aspa(64496, [64498, 64497]), /rising/],
  ['twice', aspa(64496, [64497, 64497]), /rising/],
  ['itself', aspa(64496, [64496]), /own provider/],
  ['none', aspa(64496, []), /no provider/],
  ['version 0', aspa(64496, [1], [tlv(0xa0, integer(0))]), /version/],
  ['too large', aspa(64496, [4_294_967_296]), /out of range/],
])('an ASPA: %s', (_name, content, said) => {
  expect(texts((faults) => readAspa(content, faults))).toMatch(said);
});

const card = (...lines: string[]): Buffer => Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
const GOOD = ['BEGIN:VCARD', 'VERSION:4.0', 'FN:Operations', 'EMAIL:noc@example.net', 'END:VCARD'];

test.each<[string, string[], RegExp]>([
  ['good', GOOD, /^$/],
  ['folded', GOOD.toSpliced(2, 1, 'FN:Opera', ' tions'), /^$/],
  ['another property', GOOD.toSpliced(3, 0, 'NOTE:x'), /NOTE/],
  ['no name', GOOD.toSpliced(2, 1), /formatted name/],
  ['version 3', GOOD.with(1, 'VERSION:3.0'), /4\.0/],
  ['nobody to reach', GOOD.toSpliced(3, 1), /reach/],
  ['cut off', GOOD.slice(0, 4), /one vCard/],
])('a Ghostbusters record: %s', (_name, lines, said) => {
  expect(texts((faults) => readGhostbusters(card(...lines), faults))).toMatch(said);
});
