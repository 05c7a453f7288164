/**
 * Reads DER tag by tag without copying: strict lengths, a depth cap, no recursion into what nobody asked for.
 * It knows no ASN.1 type beyond the universal ones and makes nothing.
 */
import { X509Error } from './x509-error.ts';

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const;

export interface Tlv {
  tag: number;
  /** Tag, length and content as they stand. */
  raw: Uint8Array;
  content: Uint8Array;
}

/** Views are made when they are asked for: hostile data has a million elements in as many octets. */
class Element implements Tlv {
  readonly tag: number;
  readonly end: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #inner: number;
  #raw: Uint8Array | undefined;
  #content: Uint8Array | undefined;

  constructor(bytes: Uint8Array, tag: number, start: number, inner: number, end: number) {
    this.tag = tag;
    this.end = end;
    this.#bytes = bytes;
    this.#start = start;
    this.#inner = inner;
  }

  get raw(): Uint8Array {
    return (this.#raw ??= this.#bytes.subarray(this.#start, this.end));
  }

  get content(): Uint8Array {
    return (this.#content ??= this.#bytes.subarray(this.#inner, this.end));
  }
}

/** Reads the element at `offset`. Throws X509Error for anything X.690 10.1 (DER) does not allow. */
export function readTlv(bytes: Uint8Array, offset = 0): Tlv & { end: number } {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new X509Error('the data is cut off');
  if ((tag & 0x1f) === 0x1f) throw new X509Error('a tag number above 30 is not used in these structures');
  let length = first;
  let header = 2;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0) throw new X509Error('an indefinite length (BER) is not DER');
    if (octets > 4) throw new X509Error('a length of more than four octets');
    length = 0;
    for (let index = 0; index < octets; index += 1) length = length * 256 + (bytes[offset + 2 + index] ?? 0);
    header = 2 + octets;
    if (length < 0x80 || length < 2 ** (8 * (octets - 1)))
      throw new X509Error('a length that is not in its shortest form (not DER)');
  }
  const end = offset + header + length;
  if (end > bytes.length) throw new X509Error('the data is cut off');
  return new Element(bytes, tag, offset, offset + header, end);
}

/** More than any structure has. */
const MOST_CHILDREN = 1000;
/** More than any real list has, and as many as still fit into memory. */
const MOST_IN_LIST = 2_000_000;

function elements(parent: Tlv | Uint8Array, most: number): Tlv[] {
  const content = parent instanceof Uint8Array ? parent : parent.content;
  const found: Tlv[] = [];
  for (let offset = 0; offset < content.length;) {
    if (found.length === most) throw new X509Error(`a structure holds more than ${most} elements`);
    const element = readTlv(content, offset);
    found.push(element);
    offset = element.end;
  }
  return found;
}

/** The elements inside a constructed one, in order. Throws X509Error, also when there are more than a structure has. */
export const children = (parent: Tlv | Uint8Array): Tlv[] => elements(parent, MOST_CHILDREN);

/** The same of a list that grows with what it is about: revocations, files, addresses, names. */
export const listElements = (parent: Tlv | Uint8Array): Tlv[] => elements(parent, MOST_IN_LIST);

/** Any element at all, for a slot of `exactly`. */
export const ANY = -1;
/** The tag of one place in a structure, or those it may have. */
type Tags = number | readonly number[];
export type Slot = Tags | { readonly optional: Tags };
type Found<S extends readonly Slot[]> = {
  -readonly [K in keyof S]: S[K] extends { readonly optional: Tags } ? Tlv | undefined : Tlv;
};

/** A place that may be left out. */
export const optional = <const T extends Tags>(tags: T): { readonly optional: T } => ({ optional: tags });

/** The elements of `parent`, which are these in this order and no others. Throws X509Error. */
export function exactly<const S extends readonly Slot[]>(
  parent: Tlv | Uint8Array,
  what: string,
  ...slots: S
): Found<S> {
  const parts = children(parent);
  let at = 0;
  const found = (slots as readonly Slot[]).map((slot) => {
    const mayLack = typeof slot === 'object' && 'optional' in slot;
    const tags = [mayLack ? slot.optional : slot].flat();
    const part = parts[at];
    if (part !== undefined && (tags.includes(part.tag) || tags.includes(ANY))) {
      at += 1;
      return part;
    }
    if (mayLack) return undefined;
    throw new X509Error(
      part === undefined ? `${what} is incomplete` : `${what} has an element of the wrong type`,
    );
  });
  if (at < parts.length) throw new X509Error(`${what} holds more than it may`);
  return found as Found<S>;
}

/** One element and nothing behind it. */
export function readWhole(bytes: Uint8Array, tag: number, what: string): Tlv {
  const tlv = expectTag(readTlv(bytes), tag, what);
  if (tlv.raw.length !== bytes.length)
    throw new X509Error(`${what} is followed by ${bytes.length - tlv.raw.length} extra bytes`);
  return tlv;
}

export function expectTag(tlv: Tlv | undefined, tag: number, what: string): Tlv {
  if (tlv === undefined) throw new X509Error(`${what} is missing`);
  if (tlv.tag !== tag) throw new X509Error(`${what} has the wrong type`);
  return tlv;
}

const MOST_OID_OCTETS = 100;

/** Dotted text of an OBJECT IDENTIFIER (X.690 8.19). */
export function oidText(tlv: Tlv): string {
  return arcsText(expectTag(tlv, TAG.oid, 'an object identifier').content);
}

/** The same of its content alone, under whatever tag. */
export function arcsText(content: Uint8Array): string {
  // SECURITY: each octet costs as much as there are before it.
  if (content.length > MOST_OID_OCTETS) throw new X509Error('an object identifier is too long');
  const arcs: bigint[] = [];
  let value = 0n;
  let last = 0x80;
  for (const byte of content) {
    value = (value << 7n) | BigInt(byte & 0x7f);
    last = byte;
    if (byte & 0x80) continue;
    arcs.push(value);
    value = 0n;
  }
  const [head, ...rest] = arcs;
  if (head === undefined || last & 0x80) throw new X509Error('an object identifier is damaged');
  const first = head < 80n ? head / 40n : 2n;
  return [first, head - first * 40n, ...rest].join('.');
}

/** INTEGER as a number; throws when it does not fit into 32 bits. */
export function smallInteger(tlv: Tlv, what: string): number {
  const value = bigInteger(tlv, what);
  if (value < -0x8000_0000n || value > 0x7fff_ffffn) throw new X509Error(`${what} is out of range`);
  return Number(value);
}

/** INTEGER of any size, two's complement. */
export function bigInteger(tlv: Tlv, what: string): bigint {
  if (tlv.tag !== TAG.integer && tlv.tag !== TAG.enumerated)
    throw new X509Error(`${what} has the wrong type`);
  if (tlv.content.length === 0) throw new X509Error(`${what} is empty`);
  const unsigned = BigInt(`0x${Buffer.from(tlv.content).toString('hex')}`);
  return (tlv.content[0] ?? 0) & 0x80 ? unsigned - (1n << BigInt(8 * tlv.content.length)) : unsigned;
}

export function booleanValue(tlv: Tlv, what: string): boolean {
  const { content } = expectTag(tlv, TAG.boolean, what);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff))
    throw new X509Error(`${what} is neither TRUE nor FALSE in DER`);
  return content[0] === 0xff;
}

/** BIT STRING: its octets and how many bits of the last one are not used. */
export function bitString(tlv: Tlv, what: string): { bytes: Uint8Array; unused: number } {
  const { content } = tlv;
  const unused = content[0];
  if (unused === undefined || unused > 7 || (content.length === 1 && unused !== 0))
    throw new X509Error(`${what} is damaged`);
  return { bytes: content.subarray(1), unused };
}

/** BIT STRING that is whole octets: a signature, a key. */
export function wholeOctets(tlv: Tlv | undefined, what: string): Uint8Array {
  const { bytes, unused } = bitString(expectTag(tlv, TAG.bitString, what), what);
  if (unused !== 0) throw new X509Error(`${what} is not whole octets`);
  return bytes;
}

const UTC = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const GENERALIZED = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

/** UTCTime or GeneralizedTime in the only forms RFC 5280 4.1.2.5 allows. UTCTime years below 50 are 20xx. */
export function timeValue(tlv: Tlv, what: string): Date {
  const text = Buffer.from(tlv.content).toString('latin1');
  const parts =
    tlv.tag === TAG.utcTime
      ? UTC.exec(text)
      : tlv.tag === TAG.generalizedTime
        ? GENERALIZED.exec(text)
        : null;
  if (parts === null) throw new X509Error(`${what} is not a time in the form RFC 5280 asks for`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const fullYear = tlv.tag === TAG.utcTime ? year + (year < 50 ? 2000 : 1900) : year;
  const at = new Date(0);
  at.setUTCFullYear(fullYear, month - 1, day);
  at.setUTCHours(hour, minute, second);
  const same =
    at.getUTCMonth() === month - 1 &&
    at.getUTCDate() === day &&
    at.getUTCHours() === hour &&
    at.getUTCMinutes() === minute;
  if (!same || second > 59) throw new X509Error(`${what} names a day or hour that does not exist`);
  return at;
}

/** Any of the string types, as text; what a type cannot decode becomes U+FFFD. */
export function stringValue(tlv: Tlv): string {
  const bytes = Buffer.from(tlv.content);
  switch (tlv.tag) {
    case TAG.utf8String:
      return bytes.toString('utf8');
    case TAG.bmpString:
      return Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString('utf16le');
    case TAG.universalString:
      return [...Array(Math.floor(bytes.length / 4)).keys()]
        .map((index) => bytes.readUInt32BE(index * 4))
        .map((point) => (point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'))
        .join('');
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.visibleString:
    case TAG.numericString:
    case TAG.teletexString:
      return bytes.toString('latin1');
    default:
      throw new X509Error('a text has an unknown string type');
  }
}
