/**
 * Resources as text, as Krill prints and reads them: "AS1-AS5, AS7", "10.0.0.0/8, 192.0.2.0-192.0.2.9", "2001:db8::/32".
 * What is printed is canonical; what is read may be in any order.
 */
import { type Range, type Ranges, rangesOf } from './ranges.ts';
import { RpkiError } from './rpki-error.ts';

export type Family = 'ipv4' | 'ipv6';
export const BITS = { ipv4: 32, ipv6: 128 } as const;
const MOST_AS = 0xffff_ffffn;

/** RFC 5952 for IPv6; an IPv4 address inside it with dots (RFC 5952 5), as rpki-rs prints it. */
export function addressText(value: bigint, family: Family): string {
  if (family === 'ipv4') return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
  if (value >> 32n === 0xffffn) return `::ffff:${addressText(value & 0xffff_ffffn, 'ipv4')}`;
  const words = Array.from({ length: 8 }, (_, at) => (value >> BigInt(112 - 16 * at)) & 0xffffn);
  return new URL(`http://[${words.map((word) => word.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

/** The length of the one prefix that a range is, or null. */
export function prefixLength({ min, max }: Range, family: Family): number | null {
  const size = max - min + 1n;
  if ((size & (size - 1n)) !== 0n || min % size !== 0n) return null;
  return BITS[family] - (size.toString(2).length - 1);
}

/** A single address stands without a length, as rpki-rs prints it. */
export function ipText(ranges: Ranges, family: Family): string {
  return ranges
    .map((range) => {
      const length = prefixLength(range, family);
      const from = addressText(range.min, family);
      if (range.min === range.max) return from;
      return length === null ? `${from}-${addressText(range.max, family)}` : `${from}/${length}`;
    })
    .join(', ');
}

export function asnText(ranges: Ranges): string {
  return ranges.map(({ min, max }) => (min === max ? `AS${min}` : `AS${min}-AS${max}`)).join(', ');
}

function items(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((item) => item.trim());
}

function asNumber(text: string): bigint {
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(text)?.[1];
  if (digits === undefined || BigInt(digits) > MOST_AS) throw new RpkiError(`"${text}" is no AS number`);
  return BigInt(digits);
}

function ordered(min: bigint, max: bigint, text: string): Range {
  if (min > max) throw new RpkiError(`"${text}" ends before it begins`);
  return { min, max };
}

/** Throws RpkiError that names the item. */
export function readAsn(text: string): Ranges {
  return rangesOf(
    items(text).map((item) => {
      const [from = '', to = from, ...more] = item.split('-').map((end) => end.trim());
      if (more.length > 0) throw new RpkiError(`"${item}" is no range of AS numbers`);
      return ordered(asNumber(from), asNumber(to), item);
    }),
  );
}

function address(text: string, family: Family): bigint {
  const bad = (): never => {
    throw new RpkiError(`"${text}" is no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address`);
  };
  if (family === 'ipv4') {
    const octets = /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? text.split('.').map(Number) : bad();
    if (octets.some((octet) => octet > 255)) bad();
    return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  }
  if (!/^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(text) || !URL.canParse(`http://[${text}]`)) bad();
  const short = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [head = '', tail] = short.split('::');
  const words = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const zeros = tail === undefined ? 0 : 8 - words(head).length - words(tail).length;
  return [...words(head), ...Array<string>(zeros).fill('0'), ...words(tail ?? '')].reduce(
    (sum, word) => sum * 0x10000n + BigInt(`0x${word}`),
    0n,
  );
}

function ipItem(item: string, family: Family): Range {
  const slash = item.indexOf('/');
  if (slash < 0) {
    const [from = '', to = from, ...more] = item.split('-').map((end) => end.trim());
    if (more.length > 0) throw new RpkiError(`"${item}" is no range of addresses`);
    return ordered(address(from, family), address(to, family), item);
  }
  const min = address(item.slice(0, slash).trim(), family);
  const digits = item.slice(slash + 1).trim();
  const length = /^\d{1,3}$/.test(digits) ? Number(digits) : Infinity;
  if (length > BITS[family]) throw new RpkiError(`"${item}" has no such prefix length`);
  const size = 1n << BigInt(BITS[family] - length);
  if (min % size !== 0n) throw new RpkiError(`"${item}" has bits set behind its prefix length`);
  return { min, max: min + size - 1n };
}

/** Prefixes, ranges and single addresses. Throws RpkiError that names the item. */
export function readIp(text: string, family: Family): Ranges {
  return rangesOf(items(text).map((item) => ipItem(item, family)));
}
