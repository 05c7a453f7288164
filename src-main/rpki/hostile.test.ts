// What a stranger sends costs about as much as it is long. Each of these took minutes to days where a reader looked at everything
// again for each octet, or ended the process; the deadlines are far above what they take.
import { expect, test } from 'vitest';
import { readJson } from '../lib/json-reader.ts';
import { asWhole } from '../lib/json-shape.ts';
import { children, oidText, readTlv, TAG } from '../x509/der-reader.ts';
import { octetString, oid, sequence, tlv } from '../x509/der-writer.ts';
import { Faults } from './fault.ts';
import { readProvisioningXml } from './provisioning-xml.ts';
import { difference, intersection, rangesOf } from './ranges.ts';
import { asIdsDer, ipBlocksDer } from './resource-der.ts';
import { readSignedObject } from './signed-object.ts';

const SOON = { timeout: 20_000 };
const MIB = 1_048_576;

/** Every other number from `first` on. */
const every = (count: number, first = 0) =>
  rangesOf(
    Array.from({ length: count }, (_, at) => ({ min: BigInt(2 * at + first), max: BigInt(2 * at + first) })),
  );

test('an object identifier of a megabyte', SOON, () => {
  const long = readTlv(tlv(TAG.oid, Buffer.alloc(MIB, 0x81)));
  expect(() => oidText(long)).toThrow('an object identifier is too long');
});

test('a megabyte of blanks where nothing, or a word, belongs', SOON, () => {
  const message = (text: string): Buffer =>
    Buffer.from(
      `<message xmlns="http://www.apnic.net/specs/rescerts/up-down/" version="1" sender="a" recipient="b" type="list">${text}</message>`,
    );
  expect(readProvisioningXml(message(' '.repeat(1_000_000))).payload.type).toBe('list');
  expect(() => readProvisioningXml(message(`x${' '.repeat(1_000_000)}y`))).toThrow(/must be empty/);
});

test('a hundred thousand ranges beside as many others', SOON, () => {
  const [even, odd] = [every(100_000), every(100_000, 1)];
  expect(difference(even, odd)).toHaveLength(100_000);
  expect(difference(even, even)).toEqual([]);
  expect(intersection(even, odd)).toEqual([]);
});

test('the difference is what it was: holes that span ranges, and ranges that span holes', () => {
  const set = (...pairs: [number, number][]) =>
    rangesOf(pairs.map(([min, max]) => ({ min: BigInt(min), max: BigInt(max) })));
  const inside = (ranges: ReturnType<typeof set>, value: bigint): boolean =>
    ranges.some(({ min, max }) => min <= value && value <= max);
  const sets = [
    set([0, 3], [6, 9], [12, 20]),
    set([2, 7], [14, 14], [16, 17]),
    set([0, 40]),
    set([1, 1], [3, 3], [5, 5], [20, 40]),
    set(),
  ];
  for (const a of sets)
    for (const b of sets)
      for (let value = 0n; value <= 41n; value += 1n)
        expect(inside(difference(a, b), value)).toBe(inside(a, value) && !inside(b, value));
});

test('a certificate of two hundred thousand ranges is made', SOON, () => {
  const many = every(200_000);
  expect(asIdsDer(many)?.length).toBeGreaterThan(200_000);
  expect(ipBlocksDer({ ipv4: many, ipv6: [] })?.length).toBeGreaterThan(200_000);
});

test('a signed message with millions of elements where one belongs', SOON, () => {
  const nothing = Buffer.alloc(16 * MIB);
  for (let at = 0; at < nothing.length; at += 2) nothing[at] = TAG.null;
  const signedData = sequence(
    tlv(TAG.integer, Uint8Array.of(3)),
    tlv(TAG.set, sequence(oid('2.16.840.1.101.3.4.2.1'))),
    sequence(oid('1.2.840.113549.1.9.16.1.28'), tlv(0xa0, octetString(Uint8Array.of(1)))),
    tlv(0xa0, nothing),
    tlv(TAG.set),
  );
  const message = sequence(oid('1.2.840.113549.1.7.2'), tlv(0xa0, signedData));
  expect(() => readSignedObject(message, new Faults())).toThrow('a structure holds more than 1000 elements');
  expect(() => children(nothing)).toThrow('more than 1000');
});

test('a number of twenty million digits', SOON, () => {
  const json = readJson(Buffer.from(`[${'9'.repeat(20_000_000)}]`));
  expect(() => asWhole(Array.isArray(json) ? json[0] : undefined, 'revision.number')).toThrow(
    /more than 49 digits/,
  );
});
