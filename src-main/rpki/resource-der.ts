/**
 * The two resource extensions of a certificate (RFC 3779 2 and 3), read strictly and made in canonical form. Inheritance
 * is kept as what it is; who the resources come from is the validator's question.
 */
import {
  bigInteger,
  bitString,
  children,
  exactly,
  expectTag,
  listElements,
  readWhole,
  TAG,
  type Tlv,
} from '../x509/der-reader.ts';
import {
  contextConstructed,
  integer,
  nullValue,
  octetString,
  sequence,
  sequenceOf,
  tlv,
} from '../x509/der-writer.ts';
import { X509Error } from '../x509/x509-error.ts';
import { equalRanges, type Range, type Ranges, rangesOf } from './ranges.ts';
import { BITS, type Family, prefixLength } from './resource-text.ts';

export const IP_BLOCKS_OID = '1.3.6.1.5.5.7.1.7';
export const AS_IDS_OID = '1.3.6.1.5.5.7.1.8';

export type Resources = Ranges | 'inherit';

const FAMILIES: Record<string, Family> = { '0001': 'ipv4', '0002': 'ipv6' };
const AFI: Record<Family, Uint8Array> = { ipv4: Uint8Array.of(0, 1), ipv6: Uint8Array.of(0, 2) };
const MOST_AS = 0xffff_ffffn;

function refused(what: string, clause: string): X509Error {
  return new X509Error(`${what} (RFC 3779 ${clause})`);
}

/** The address of a bit string, filled up with zeros or ones. */
function filled(tlvOf: Tlv, family: Family, ones: boolean): { value: bigint; length: number } {
  const { bytes, unused } = bitString(expectTag(tlvOf, TAG.bitString, 'an address'), 'an address');
  const length = bytes.length * 8 - unused;
  if (length > BITS[family]) throw refused('an address is too long', '2.2.3.8');
  let value = 0n;
  for (const octet of bytes) value = value * 256n + BigInt(octet);
  if ((value & ((1n << BigInt(unused)) - 1n)) !== 0n) throw refused('unused bits are not zero', '2.2.3.8');
  const rest = BigInt(BITS[family] - length);
  value = (value >> BigInt(unused)) << rest;
  return { value: ones ? value + (1n << rest) - 1n : value, length };
}

function readAddress(element: Tlv, family: Family): Range {
  if (element.tag === TAG.bitString)
    return { min: filled(element, family, false).value, max: filled(element, family, true).value };
  const what = 'an address range';
  const [from, to] = exactly(expectTag(element, TAG.sequence, what), what, TAG.bitString, TAG.bitString);
  const range = { min: filled(from, family, false).value, max: filled(to, family, true).value };
  if (range.min > range.max) throw refused('an address range ends before it begins', '2.2.3.9');
  if (prefixLength(range, family) !== null) throw refused('a prefix is written as a range', '2.2.3.7');
  // The trailing zeros of the lower end and the trailing ones of the upper are left out.
  if (filled(from, family, false).length !== significant(range.min, 0n, family))
    throw refused('the lower end of a range is not in its shortest form', '2.2.3.9');
  if (filled(to, family, true).length !== significant(range.max, 1n, family))
    throw refused('the upper end of a range is not in its shortest form', '2.2.3.9');
  return range;
}

/** `found` when it is canonical as it stands. */
function canonical(found: Range[], clause: string): Ranges {
  const ranges = rangesOf(found);
  if (found.length === 0) throw refused('a list of resources is empty', clause);
  if (!equalRanges(ranges, found)) throw refused('resources are not sorted and merged', clause);
  return ranges;
}

function inherit(choice: Tlv, clause: string): 'inherit' {
  if (choice.content.length > 0) throw refused('the sign of inheritance has a content', clause);
  return 'inherit';
}

/** Reads IPAddrBlocks. A family that is not there is null. Throws X509Error with the clause. */
export function readIpBlocks(valueDer: Uint8Array): Record<Family, Resources | null> {
  const blocks: Record<Family, Resources | null> = { ipv4: null, ipv6: null };
  let before = '';
  for (const entry of children(readWhole(valueDer, TAG.sequence, 'the address blocks'))) {
    const what = 'an address family';
    const [afi, choice] = exactly(expectTag(entry, TAG.sequence, what), what, TAG.octetString, [
      TAG.null,
      TAG.sequence,
    ]);
    const id = Buffer.from(afi.content).toString('hex');
    const family = FAMILIES[id];
    // RFC 6487 4.8.10: no SAFI, and only the two families.
    if (family === undefined) throw refused('an address family is not IPv4 or IPv6', '2.2.3.3');
    if (id <= before) throw refused('address families are not in order', '2.2.3.3');
    before = id;
    if (choice.tag === TAG.null) blocks[family] = inherit(choice, '2.2.3.5');
    else
      blocks[family] = canonical(
        listElements(choice).map((one) => readAddress(one, family)),
        '2.2.3.6',
      );
  }
  if (before === '') throw refused('there is no address family', '2.2.3.2');
  return blocks;
}

function asRange(element: Tlv): Range {
  const number = (tlvOf: Tlv): bigint => {
    const value = bigInteger(tlvOf, 'an AS number');
    if (value < 0n || value > MOST_AS) throw refused('an AS number is out of range', '3.2.3.10');
    return value;
  };
  if (element.tag === TAG.integer) return { min: number(element), max: number(element) };
  const what = 'an AS range';
  const [from, to] = exactly(expectTag(element, TAG.sequence, what), what, TAG.integer, TAG.integer);
  const range = { min: number(from), max: number(to) };
  if (range.min >= range.max) throw refused('an AS range does not grow', '3.2.3.8');
  return range;
}

/** Reads ASIdentifiers; routing domain identifiers are not allowed (RFC 6487 4.8.11). Throws X509Error. */
export function readAsIds(valueDer: Uint8Array): Resources {
  const [numbers, ...more] = children(readWhole(valueDer, TAG.sequence, 'the AS identifiers'));
  if (numbers?.tag !== 0xa0 || more.length > 0)
    throw refused('there are routing domain identifiers, or no AS numbers', '3.2.3.2');
  const [choice] = exactly(numbers, 'the AS numbers', [TAG.null, TAG.sequence]);
  if (choice.tag === TAG.null) return inherit(choice, '3.2.3.3');
  return canonical(listElements(choice).map(asRange), '3.2.3.4');
}

/** The first `length` bits of an address as a bit string. */
function bits(value: bigint, length: number, family: Family): Uint8Array {
  const octets = Math.ceil(length / 8);
  const unused = octets * 8 - length;
  const top = (value >> BigInt(BITS[family] - length)) << BigInt(unused);
  const hex = octets === 0 ? '' : top.toString(16).padStart(octets * 2, '0');
  return tlv(TAG.bitString, Buffer.concat([Uint8Array.of(unused), Buffer.from(hex, 'hex')]));
}

/** How many bits are left when trailing bits equal to `bit` are taken away. */
function significant(value: bigint, bit: bigint, family: Family): number {
  let length: number = BITS[family];
  for (let rest = value; length > 0 && (rest & 1n) === bit; rest >>= 1n) length -= 1;
  return length;
}

function addressDer(range: Range, family: Family): Uint8Array {
  const length = prefixLength(range, family);
  if (length !== null) return bits(range.min, length, family);
  return sequence(
    bits(range.min, significant(range.min, 0n, family), family),
    bits(range.max, significant(range.max, 1n, family), family),
  );
}

/** IPAddrBlocks, or null when there is no address at all. */
export function ipBlocksDer(blocks: Record<Family, Resources>): Uint8Array | null {
  const families = (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const resources = blocks[family];
    if (resources !== 'inherit' && resources.length === 0) return [];
    const choice =
      resources === 'inherit' ? nullValue() : sequenceOf(resources.map((range) => addressDer(range, family)));
    return [sequence(octetString(AFI[family]), choice)];
  });
  return families.length === 0 ? null : sequence(...families);
}

/** ASIdentifiers, or null when there is no AS number. */
export function asIdsDer(numbers: Resources): Uint8Array | null {
  if (numbers !== 'inherit' && numbers.length === 0) return null;
  const choice =
    numbers === 'inherit'
      ? nullValue()
      : sequenceOf(
          numbers.map(({ min, max }) => (min === max ? integer(min) : sequence(integer(min), integer(max)))),
        );
  return sequence(contextConstructed(0, choice));
}
