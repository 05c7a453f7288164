/**
 * TTLV, the encoding of KMIP (KMIP 1.4, 9.1; extended date-time: KMIP 2.0, 9.1.1.4): tag, type, length, value, padded to
 * eight octets. Strict both ways: what decodes encodes to the same octets. It knows no tag by name and no message.
 */

/** Date-times hold more than a Date can: they are kept as they come. */
export type TtlvItem =
  | { tag: number; type: 'structure'; value: TtlvItem[] }
  /** 32 bits, signed. */
  | { tag: number; type: 'integer'; value: number }
  /** 64 bits, signed. */
  | { tag: number; type: 'long'; value: bigint }
  /** Any length. `octets`: of its encoding, where that is longer than it has to be. */
  | { tag: number; type: 'bigInteger'; value: bigint; octets?: number }
  /** 32 bits, unsigned. */
  | { tag: number; type: 'enumeration'; value: number }
  | { tag: number; type: 'boolean'; value: boolean }
  | { tag: number; type: 'text'; value: string }
  | { tag: number; type: 'bytes'; value: Uint8Array }
  /** Seconds since 1970, UTC, 64 bits, signed. */
  | { tag: number; type: 'dateTime'; value: bigint }
  /** Seconds, 32 bits, unsigned. */
  | { tag: number; type: 'interval'; value: number }
  /** Microseconds since 1970, UTC, 64 bits, signed. */
  | { tag: number; type: 'dateTimeExtended'; value: bigint };

export type TtlvType = TtlvItem['type'];

const CODES: Record<TtlvType, number> = {
  structure: 0x01,
  integer: 0x02,
  long: 0x03,
  bigInteger: 0x04,
  enumeration: 0x05,
  boolean: 0x06,
  text: 0x07,
  bytes: 0x08,
  dateTime: 0x09,
  interval: 0x0a,
  dateTimeExtended: 0x0b,
};
const TYPES = new Map(Object.entries(CODES).map(([type, code]) => [code, type as TtlvType]));

/** Length of the value where the type has but one. */
const FIXED: Partial<Record<TtlvType, number>> = {
  integer: 4,
  long: 8,
  enumeration: 4,
  boolean: 8,
  dateTime: 8,
  interval: 4,
  dateTimeExtended: 8,
};

export const TTLV_HEADER = 8;
/** Messages nest seven deep; what nests deeper was made to break a reader. */
const MOST_DEPTH = 32;
/** A structure of empty structures costs eight octets an item, and an object each. */
const MOST_ITEMS = 100_000;

/** The octets are no TTLV; `message` says where and why. */
export class TtlvError extends Error {
  override readonly name = 'TtlvError';
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const padded = (length: number): number => Math.ceil(length / 8) * 8;

/** The first eight octets: how long the whole item will be. Throws TtlvError when it is no item. */
export function ttlvLength(header: Uint8Array): number {
  const view = viewOf(header);
  if (header.length < TTLV_HEADER) throw new TtlvError('it ends within a header');
  checkTag(readTag(view, 0));
  if (!TYPES.has(view.getUint8(3))) throw new TtlvError(`there is no type ${view.getUint8(3)}`);
  return TTLV_HEADER + padded(view.getUint32(4));
}

/** One item and nothing after it. Throws TtlvError. */
export function decodeTtlv(bytes: Uint8Array): TtlvItem {
  const view = viewOf(bytes);
  const budget = { items: MOST_ITEMS };
  const { item, end } = decodeAt(bytes, view, 0, bytes.length, 1, budget);
  if (end !== bytes.length) throw new TtlvError(`${bytes.length - end} octets stand after the item`);
  return item;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readTag(view: DataView, at: number): number {
  return (view.getUint16(at) << 8) | view.getUint8(at + 2);
}

/** KMIP 1.4, 9.1.1.1: 42 is the standard's, 54 an extension's. */
function checkTag(tag: number): void {
  if (tag >> 16 !== 0x42 && tag >> 16 !== 0x54)
    throw new TtlvError(`${tag.toString(16).padStart(6, '0')} is no tag of KMIP`);
}

function decodeAt(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  limit: number,
  depth: number,
  budget: { items: number },
): { item: TtlvItem; end: number } {
  const fail = (why: string): never => {
    throw new TtlvError(`at octet ${at}: ${why}`);
  };
  if (depth > MOST_DEPTH) fail(`structures nest deeper than ${MOST_DEPTH}`);
  if (--budget.items < 0) fail(`there are more than ${MOST_ITEMS} items`);
  if (limit - at < TTLV_HEADER) fail('it ends within a header');
  const tag = readTag(view, at);
  checkTag(tag);
  const type = TYPES.get(view.getUint8(at + 3)) ?? fail(`there is no type ${view.getUint8(at + 3)}`);
  const length = view.getUint32(at + 4);
  const start = at + TTLV_HEADER;
  const end = start + padded(length);
  if (end > limit) fail(`a value of ${length} octets does not fit into what follows`);
  const fixed = FIXED[type];
  if (fixed !== undefined && length !== fixed) fail(`type ${type} has ${fixed} octets, not ${length}`);
  for (let index = start + length; index < end; index++)
    if (bytes[index] !== 0) fail('the padding is not zero');
  const value = bytes.subarray(start, start + length);

  switch (type) {
    case 'structure': {
      const items: TtlvItem[] = [];
      for (let next = start; next < start + length;) {
        const child = decodeAt(bytes, view, next, start + length, depth + 1, budget);
        items.push(child.item);
        next = child.end;
      }
      return { item: { tag, type, value: items }, end };
    }
    case 'integer':
      return { item: { tag, type, value: view.getInt32(start) }, end };
    case 'enumeration':
    case 'interval':
      return { item: { tag, type, value: view.getUint32(start) }, end };
    case 'long':
    case 'dateTime':
    case 'dateTimeExtended':
      return { item: { tag, type, value: view.getBigInt64(start) }, end };
    case 'bigInteger': {
      if (length === 0 || length % 8 !== 0) fail('a big integer has a multiple of eight octets');
      const read = BigInt.asIntN(length * 8, BigInt(`0x${Buffer.from(value).toString('hex')}`));
      return {
        item: { tag, type, value: read, ...(octetsOf(read) === length ? {} : { octets: length }) },
        end,
      };
    }
    case 'boolean': {
      const read = view.getBigUint64(start);
      if (read > 1n) fail('a boolean is 0 or 1');
      return { item: { tag, type, value: read === 1n }, end };
    }
    case 'text':
      try {
        return { item: { tag, type, value: UTF8.decode(value) }, end };
      } catch {
        return fail('the text is no UTF-8');
      }
    case 'bytes':
      return { item: { tag, type, value: Uint8Array.from(value) }, end };
  }
}

/** The least multiple of eight octets that holds `value` in two's complement. */
function octetsOf(value: bigint): number {
  // One look at the digits, whatever the length: a server may send megabytes. Of -n-1 as many bits as of n, and the sign's.
  const digits = (value < 0n ? ~value : value).toString(16);
  const bits = digits.length * 4 - Math.clz32(Number.parseInt(digits.slice(0, 1), 16)) + 28;
  return Math.max(8, Math.ceil((bits + 1) / 64) * 8);
}

/** The octets of an item. Throws TtlvError when a value does not fit its type. */
export function encodeTtlv(item: TtlvItem): Uint8Array {
  const parts: Uint8Array[] = [];
  append(item, parts, 1);
  return Buffer.concat(parts);
}

/** Adds the octets of `item`; answers how many. */
function append(item: TtlvItem, parts: Uint8Array[], depth: number): number {
  if (depth > MOST_DEPTH) throw new TtlvError(`structures nest deeper than ${MOST_DEPTH}`);
  checkTag(item.tag);
  const header = Buffer.alloc(TTLV_HEADER);
  header.writeUIntBE(item.tag, 0, 3);
  header.writeUInt8(CODES[item.type], 3);
  parts.push(header);
  if (item.type === 'structure') {
    let length = 0;
    for (const child of item.value) length += append(child, parts, depth + 1);
    header.writeUInt32BE(length, 4);
    return TTLV_HEADER + length;
  }
  const value = valueOf(item);
  header.writeUInt32BE(FIXED[item.type] ?? value.length, 4);
  parts.push(value);
  const padding = padded(value.length) - value.length;
  if (padding > 0) parts.push(new Uint8Array(padding));
  return TTLV_HEADER + padded(value.length);
}

function valueOf(item: Exclude<TtlvItem, { type: 'structure' }>): Uint8Array {
  const octets = Buffer.alloc(8);
  try {
    switch (item.type) {
      case 'integer':
        octets.writeInt32BE(item.value);
        return octets;
      case 'enumeration':
      case 'interval':
        octets.writeUInt32BE(item.value);
        return octets;
      case 'long':
      case 'dateTime':
      case 'dateTimeExtended':
        octets.writeBigInt64BE(item.value);
        return octets;
      case 'boolean':
        octets.writeUInt8(item.value ? 1 : 0, 7);
        return octets;
      case 'bigInteger': {
        const length = Math.max(octetsOf(item.value), padded(item.octets ?? 0));
        const unsigned = BigInt.asUintN(length * 8, item.value);
        return Buffer.from(unsigned.toString(16).padStart(length * 2, '0'), 'hex');
      }
      case 'text':
        return Buffer.from(item.value, 'utf8');
      case 'bytes':
        return item.value;
    }
  } catch (error) {
    throw new TtlvError(`${item.type} cannot hold ${String(item.value)}`, { cause: error });
  }
}
