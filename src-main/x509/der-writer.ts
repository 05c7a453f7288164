/** Makes DER: the shortest form of everything, no type checks beyond what the arguments say. It reads nothing. */
import { TAG } from './der-reader.ts';
import { X509Error } from './x509-error.ts';

export const tlv = (tag: number, ...content: Uint8Array[]): Uint8Array => element(tag, content);

function element(tag: number, content: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of content) length += part.length;
  let octets = 0;
  if (length >= 0x80) for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets += 1;
  let at = 2 + octets;
  const made = Buffer.allocUnsafe(at + length);
  made[0] = tag;
  if (octets === 0) made[1] = length;
  else {
    made[1] = 0x80 | octets;
    made.writeUIntBE(length, 2, octets);
  }
  for (const part of content) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

export const sequence = (...parts: Uint8Array[]): Uint8Array => element(TAG.sequence, parts);

/** SEQUENCE OF: of any length, where the arguments of a function end at some ten thousand. */
export const sequenceOf = (parts: readonly Uint8Array[]): Uint8Array => element(TAG.sequence, parts);

/** SET OF: elements in ascending order of their encoding (X.690 11.6). */
export function setOf(...parts: Uint8Array[]): Uint8Array {
  return tlv(TAG.set, ...parts.toSorted((a, b) => Buffer.compare(a, b)));
}

/** INTEGER from big-endian unsigned octets, shortest form. */
export function unsignedInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const content = bytes.length === 0 ? Uint8Array.of(0) : bytes.subarray(start);
  return (content[0] ?? 0) & 0x80 ? tlv(TAG.integer, Uint8Array.of(0), content) : tlv(TAG.integer, content);
}

/** A non-negative INTEGER. */
export function integer(value: number | bigint): Uint8Array {
  const hex = value.toString(16);
  return unsignedInteger(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}

export const boolean = (value: boolean): Uint8Array => tlv(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
export const octetString = (...content: Uint8Array[]): Uint8Array => tlv(TAG.octetString, ...content);
export const bitStringOf = (bytes: Uint8Array, unused = 0): Uint8Array =>
  tlv(TAG.bitString, Uint8Array.of(unused), bytes);
export const nullValue = (): Uint8Array => tlv(TAG.null);

/** Named bits from the most significant on; trailing zero bits are left out (X.690 11.2.2). */
export function namedBits(set: readonly number[]): Uint8Array {
  if (set.length === 0) return bitStringOf(new Uint8Array());
  const highest = Math.max(...set);
  const bytes = new Uint8Array(Math.floor(highest / 8) + 1);
  for (const bit of set) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return bitStringOf(bytes, 7 - (highest & 7));
}

function encodedOid(dotted: string): Uint8Array {
  if (!/^[0-2](\.(0|[1-9]\d*))+$/.test(dotted)) throw new X509Error(`${dotted} is not an object identifier`);
  const arcs = dotted.split('.').map(BigInt);
  const [first = 0n, second = 0n, ...rest] = arcs;
  const octets: number[] = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const group: number[] = [];
    for (let value = arc; group.length === 0 || value > 0n; value >>= 7n)
      group.unshift(Number(value & 0x7fn) | (group.length === 0 ? 0 : 0x80));
    octets.push(...group);
  }
  return tlv(TAG.oid, Uint8Array.from(octets));
}

/** A certificate writes some twenty, always the same. */
const oids = new Map<string, Uint8Array>();
const MOST_OIDS = 256;

/** OBJECT IDENTIFIER from dotted text; shared, not to be changed. Throws X509Error when it is none. */
export function oid(dotted: string): Uint8Array {
  const made = oids.get(dotted) ?? encodedOid(dotted);
  if (oids.size < MOST_OIDS) oids.set(dotted, made);
  return made;
}

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

export const utf8String = (text: string): Uint8Array => tlv(TAG.utf8String, Buffer.from(text, 'utf8'));

/** Throws X509Error for a character PrintableString does not have. */
export function printableString(text: string): Uint8Array {
  if (!PRINTABLE.test(text))
    throw new X509Error(`"${text}" has a character that a PrintableString cannot hold`);
  return tlv(TAG.printableString, Buffer.from(text, 'latin1'));
}

/** Throws X509Error for a character beyond ASCII. */
export function ia5String(text: string): Uint8Array {
  // oxlint-disable-next-line no-control-regex -- IA5 is ASCII with its control characters
  if (!/^[\x00-\x7f]*$/.test(text)) throw new X509Error(`"${text}" has a character beyond ASCII`);
  return tlv(TAG.ia5String, Buffer.from(text, 'latin1'));
}

/** UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5); fractions of seconds are dropped. */
export function time(at: Date): Uint8Array {
  const text = `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  const year = at.getUTCFullYear();
  if (year < 0 || year > 9999 || Number.isNaN(year))
    throw new X509Error('a time beyond the year 9999 cannot be written');
  return year >= 1950 && year < 2050
    ? tlv(TAG.utcTime, Buffer.from(text.slice(2), 'latin1'))
    : tlv(TAG.generalizedTime, Buffer.from(text, 'latin1'));
}

/** `[n] EXPLICIT`, or `[n] IMPLICIT` of a constructed type. */
export const contextConstructed = (number: number, ...content: Uint8Array[]): Uint8Array =>
  tlv(0xa0 | number, ...content);
/** `[n] IMPLICIT` of a primitive type: content octets without their own tag. */
export const contextPrimitive = (number: number, content: Uint8Array): Uint8Array =>
  tlv(0x80 | number, content);
