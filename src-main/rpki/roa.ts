/** The content of a route origin authorization (RFC 9582 4), read only. */
import {
  bigInteger,
  bitString,
  children,
  exactly,
  expectTag,
  listElements,
  optional,
  readWhole,
  smallInteger,
  TAG,
  type Tlv,
} from '../x509/der-reader.ts';
import { hex } from './certificate-fields.ts';
import type { Faults } from './fault.ts';
import type { Range } from './ranges.ts';
import { BITS, type Family } from './resource-text.ts';

export const ROA_OID = '1.2.840.113549.1.9.16.1.24';

export interface RoaPrefix {
  family: Family;
  range: Range;
  length: number;
  maxLength: number;
}

export interface Roa {
  asn: bigint;
  prefixes: RoaPrefix[];
}

/** The first 96 bits of ::ffff:0.0.0.0 (RFC 4291 2.5.5.2). */
const MAPPED = 0xffffn;

const FAMILIES: Record<string, Family> = { '0001': 'ipv4', '0002': 'ipv6' };

function readPrefix(faults: Faults, entry: Tlv, family: Family): RoaPrefix | null {
  const what = 'a prefix';
  const [address, most] = exactly(
    expectTag(entry, TAG.sequence, what),
    what,
    TAG.bitString,
    optional(TAG.integer),
  );
  const { bytes, unused } = bitString(address, what);
  const length = bytes.length * 8 - unused;
  if (!faults.check(length <= BITS[family], 'a prefix is longer than an address', 'RFC 9582 4.3.2.1'))
    return null;
  const top = bytes.length === 0 ? 0n : BigInt(`0x${hex(bytes)}`);
  faults.check(
    (top & ((1n << BigInt(unused)) - 1n)) === 0n,
    'unused bits of a prefix are set',
    'RFC 3779 2.2.3.8',
  );
  const min = (top >> BigInt(unused)) << BigInt(BITS[family] - length);
  const maxLength = most === undefined ? length : smallInteger(most, 'maxLength');
  faults.check(
    maxLength >= length && maxLength <= BITS[family],
    `maxLength ${maxLength} does not lie between ${length} and ${BITS[family]}`,
    'RFC 9582 4.3.2.2',
  );
  faults.check(
    family === 'ipv4' || length < 96 || min >> 32n !== MAPPED,
    'an IPv4 prefix is written as an IPv6 one',
    'RFC 9582 4.3.1',
  );
  return { family, range: { min, max: min + (1n << BigInt(BITS[family] - length)) - 1n }, length, maxLength };
}

/** Throws X509Error when `content` is no ROA. */
export function readRoa(content: Uint8Array, faults: Faults): Roa {
  const [version, as, blocks] = exactly(
    readWhole(content, TAG.sequence, 'the ROA'),
    'the ROA',
    optional(0xa0),
    TAG.integer,
    TAG.sequence,
  );
  faults.check(version === undefined, 'the version is written out or not 0', 'RFC 9582 4.1');
  const asn = bigInteger(as, 'the AS number');
  faults.check(asn >= 0n && asn <= 0xffff_ffffn, 'the AS number is out of range', 'RFC 9582 4.2');
  const families = children(blocks);
  faults.check(
    families.length === 1 || families.length === 2,
    'there are not one or two address families',
    'RFC 9582 4.3',
  );
  const seen = new Set<string>();
  const prefixes = families.flatMap((block) => {
    const what = 'an address family';
    const [afi, addresses] = exactly(
      expectTag(block, TAG.sequence, what),
      what,
      TAG.octetString,
      TAG.sequence,
    );
    const id = hex(afi.content);
    const family = FAMILIES[id];
    faults.check(
      family !== undefined && !seen.has(id),
      'an address family is unknown or stands twice',
      'RFC 9582 4.3.1',
    );
    seen.add(id);
    const list = listElements(addresses);
    faults.check(list.length > 0, 'an address family has no prefix', 'RFC 9582 4.3.2');
    return family === undefined ? [] : list.map((entry) => readPrefix(faults, entry, family));
  });
  return { asn, prefixes: prefixes.filter((prefix) => prefix !== null) };
}
