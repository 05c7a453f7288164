import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { vectorPath } from '../../testing/vectors.ts';
import { decodeTtlv, encodeTtlv, TtlvError, type TtlvItem, ttlvLength } from './ttlv.ts';

interface Vector {
  case: string;
  name: string;
  hex: string;
  well_formed_ttlv: boolean;
}
const { vectors } = JSON.parse(readFileSync(vectorPath('kmip', 'ttlv-vectors.json'), 'utf8')) as {
  vectors: Vector[];
};
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');
const T = 0x420020;

describe('the 299 byte strings of PyKMIP and OASIS', () => {
  test('are there', () => {
    expect(vectors).toHaveLength(299);
    expect(vectors.filter((vector) => vector.well_formed_ttlv)).toHaveLength(293);
  });
  test.each(vectors.map((vector, index) => [`${index} ${vector.case} ${vector.name}`, vector] as const))(
    '%s',
    (_name, vector) => {
      const bytes = hex(vector.hex);
      if (vector.well_formed_ttlv) {
        expect(Buffer.from(encodeTtlv(decodeTtlv(bytes))).toString('hex')).toBe(vector.hex);
        expect(ttlvLength(bytes)).toBe(bytes.length);
      } else expect(() => decodeTtlv(bytes)).toThrow(TtlvError);
    },
  );
});

// KMIP 1.4, 9.1.2: the standard's own examples, one of each type.
const EXAMPLES: [string, TtlvItem][] = [
  ['42 00 20 02 00 00 00 04 00 00 00 08 00 00 00 00', { tag: T, type: 'integer', value: 8 }],
  ['42 00 20 03 00 00 00 08 01 B6 9B 4B A5 74 92 00', { tag: T, type: 'long', value: 123456789000000000n }],
  [
    '42 00 20 04 00 00 00 10 00 00 00 00 03 FD 35 EB 6B C2 DF 46 18 08 00 00',
    { tag: T, type: 'bigInteger', value: 1234567890000000000000000000n },
  ],
  ['42 00 20 05 00 00 00 04 00 00 00 FF 00 00 00 00', { tag: T, type: 'enumeration', value: 255 }],
  ['42 00 20 06 00 00 00 08 00 00 00 00 00 00 00 01', { tag: T, type: 'boolean', value: true }],
  [
    '42 00 20 07 00 00 00 0B 48 65 6C 6C 6F 20 57 6F 72 6C 64 00 00 00 00 00',
    { tag: T, type: 'text', value: 'Hello World' },
  ],
  ['42 00 20 08 00 00 00 03 01 02 03 00 00 00 00 00', { tag: T, type: 'bytes', value: hex('010203') }],
  ['42 00 20 09 00 00 00 08 00 00 00 00 47 DA 67 F8', { tag: T, type: 'dateTime', value: 1205495800n }],
  ['42 00 20 0A 00 00 00 04 00 0D 2F 00 00 00 00 00', { tag: T, type: 'interval', value: 864000 }],
  [
    '42 00 20 01 00 00 00 20 42 00 04 05 00 00 00 04 00 00 00 FE 00 00 00 00 42 00 05 02 00 00 00 04 00 00 00 FF 00 00 00 00',
    {
      tag: T,
      type: 'structure',
      value: [
        { tag: 0x420004, type: 'enumeration', value: 254 },
        { tag: 0x420005, type: 'integer', value: 255 },
      ],
    },
  ],
];

describe('every type', () => {
  test.each(EXAMPLES)('%s', (bytes, item) => {
    expect({ ...decodeTtlv(hex(bytes)) }).toEqual(
      item.type === 'bytes' ? { ...item, value: new Uint8Array(item.value) } : item,
    );
    expect(Buffer.from(encodeTtlv(item))).toEqual(hex(bytes));
  });

  const leaf: fc.Arbitrary<TtlvItem> = fc.oneof(
    fc.integer().map((value): TtlvItem => ({ tag: T, type: 'integer', value })),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((value): TtlvItem => ({ tag: T, type: 'long', value })),
    fc
      .bigInt({ min: -(2n ** 200n), max: 2n ** 200n })
      .map((value): TtlvItem => ({ tag: T, type: 'bigInteger', value })),
    fc.nat(0xffff_ffff).map((value): TtlvItem => ({ tag: T, type: 'enumeration', value })),
    fc.boolean().map((value): TtlvItem => ({ tag: T, type: 'boolean', value })),
    fc.string({ unit: 'grapheme' }).map((value): TtlvItem => ({ tag: T, type: 'text', value })),
    fc.uint8Array().map((value): TtlvItem => ({ tag: 0x540001, type: 'bytes', value })),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((value): TtlvItem => ({ tag: T, type: 'dateTimeExtended', value })),
    fc.nat(0xffff_ffff).map((value): TtlvItem => ({ tag: T, type: 'interval', value })),
  );
  const { tree } = fc.letrec<{ tree: TtlvItem }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc
        .array(tie('tree'), { maxLength: 4 })
        .map((value): TtlvItem => ({ tag: T, type: 'structure', value })),
    ),
  }));

  test('comes back as it went, whatever it holds', () => {
    fc.assert(
      fc.property(tree, (item) => {
        expect(decodeTtlv(encodeTtlv(item))).toEqual(item);
      }),
    );
  });
  test('octets of any kind are refused or come back the same', () => {
    const near = fc.tuple(tree, fc.nat(), fc.nat(255)).map(([item, at, octet]) => {
      const bytes = Uint8Array.from(encodeTtlv(item));
      bytes[at % bytes.length] = octet;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), near), (bytes) => {
        let item: TtlvItem;
        try {
          item = decodeTtlv(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(TtlvError);
          return;
        }
        expect(Buffer.from(encodeTtlv(item))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });
  test('a big integer that is longer than it has to be comes back as long', () => {
    const bytes = hex('42 00 20 04 00 00 00 10 FFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFE');
    expect(decodeTtlv(bytes)).toEqual({ tag: T, type: 'bigInteger', value: -2n, octets: 16 });
    expect(Buffer.from(encodeTtlv(decodeTtlv(bytes)))).toEqual(bytes);
  });
});

describe('refuses with the place and the reason', () => {
  test.each([
    ['nothing', '', 'within a header'],
    ['a half header', '42 00 20 02', 'within a header'],
    ['another protocol', '48 54 54 50 2f 31 2e 31', 'no tag of KMIP'],
    ['an unknown type', '42 00 20 0C 00 00 00 08 00 00 00 00 00 00 00 00', 'no type 12'],
    ['a length beyond the end', '42 00 20 08 FF FF FF F8 00 00 00 00 00 00 00 00', 'does not fit'],
    [
      'a length beyond the structure',
      '42 00 20 01 00 00 00 10 42 00 20 08 00 00 00 10 00 00 00 00 00 00 00 00',
      'does not fit',
    ],
    ['a wrong length', '42 00 20 02 00 00 00 08 00 00 00 00 00 00 00 00', '4 octets, not 8'],
    ['padding that is not zero', '42 00 20 02 00 00 00 04 00 00 00 08 00 00 00 01', 'padding'],
    ['a boolean of 2', '42 00 20 06 00 00 00 08 00 00 00 00 00 00 00 02', '0 or 1'],
    ['an empty big integer', '42 00 20 04 00 00 00 00', 'multiple of eight'],
    ['text that is no UTF-8', '42 00 20 07 00 00 00 01 FF 00 00 00 00 00 00 00', 'no UTF-8'],
    ['octets after the end', '42 00 20 01 00 00 00 00 00', 'after the item'],
  ])('%s', (_what, bytes, why) => {
    expect(() => decodeTtlv(hex(bytes))).toThrow(new RegExp(why));
  });

  test('structures without end', () => {
    let bytes: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 40; depth++) {
      const header = Buffer.from([0x42, 0, 0x20, 1, 0, 0, 0, 0]);
      header.writeUInt32BE(bytes.length, 4);
      bytes = Buffer.concat([header, bytes]);
    }
    expect(() => decodeTtlv(bytes)).toThrow(/nest deeper/);
    const many = Buffer.alloc(8 * 100_001, Buffer.from([0x42, 0, 0x20, 1, 0, 0, 0, 0]));
    many.writeUInt32BE(many.length - 8, 4);
    expect(() => decodeTtlv(many)).toThrow(/more than 100000 items/);
  });
  test('a value that its type cannot hold', () => {
    expect(() => encodeTtlv({ tag: T, type: 'integer', value: 2 ** 31 })).toThrow(TtlvError);
    expect(() => encodeTtlv({ tag: T, type: 'enumeration', value: -1 })).toThrow(TtlvError);
    expect(() => encodeTtlv({ tag: 1, type: 'integer', value: 1 })).toThrow(/no tag/);
  });
});

test('big integers at each edge of eight octets, and one that an unkind server makes long', () => {
  for (const bits of [1n, 7n, 8n, 60n, 63n, 64n, 65n, 127n, 128n, 4096n])
    for (const value of [1n << bits, (1n << bits) - 1n, -(1n << bits), -(1n << bits) - 1n]) {
      const octets = encodeTtlv({ tag: T, type: 'bigInteger', value });
      const length = octets.length - 8;
      expect(decodeTtlv(octets)).toEqual({ tag: T, type: 'bigInteger', value });
      expect(BigInt.asIntN(length * 8, value)).toBe(value);
      expect(length === 8 || BigInt.asIntN((length - 8) * 8, value) !== value).toBe(true);
    }
  const size = 256 * 1024;
  const long = Buffer.alloc(8 + size, 0x5a);
  long.writeUIntBE(T, 0, 3);
  long.writeUInt8(4, 3);
  long.writeUInt32BE(size, 4);
  const began = performance.now();
  decodeTtlv(long);
  // Trying one length after the other took 2.3 s.
  expect(performance.now() - began).toBeLessThan(500);
});
