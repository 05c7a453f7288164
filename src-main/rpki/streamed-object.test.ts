import { expect, test } from 'vitest';
import { clauses } from '../testing/judge-rows.ts';
import { fromHex } from '../testing/resigned.ts';
import { signedObject } from '../testing/resigned-objects.ts';
import { children, readTlv } from '../x509/der-reader.ts';
import { nullValue, octetString, tlv } from '../x509/der-writer.ts';

type Der = Uint8Array;

const END = fromHex('0000');
/** Without a length, or with one. */
const open = (tag: number, ...parts: Der[]): Der => Buffer.concat([Uint8Array.of(tag, 0x80), ...parts, END]);
const parts = (der: Der): Der[] => children(readTlv(der)).map(({ raw }) => raw);

type Place = 'object' | 'wrap' | 'data' | 'encapsulated' | 'holder' | 'octets' | 'certificates';

/** A right object as older repositories hold it; `closed`: what has a length all the same; `pieces` null: its content is whole. */
function streamed(
  closed: Place | readonly Place[] = [],
  pieces: number[] | null = [7, 100],
  change: (signers: Der) => Der = (raw) => raw,
): Der {
  const put = (place: Place, tag: number, ...inside: Der[]): Der =>
    ([closed].flat().includes(place) ? tlv : open)(tag, ...inside);
  const [type = END, wrapped = END] = parts(signedObject());
  const [version = END, digests = END, content = END, certificates = END, signers = END] = parts(
    parts(wrapped)[0] ?? END,
  );
  const [of = END, holder = END] = parts(content);
  const octets = readTlv(parts(holder)[0] ?? END).content;
  const ends = [0, ...(pieces ?? []), octets.length];
  const cut = ends.slice(1).map((end, at) => octetString(octets.subarray(ends[at], end)));
  return put(
    'object',
    0x30,
    type,
    put(
      'wrap',
      0xa0,
      put(
        'data',
        0x30,
        version,
        digests,
        put(
          'encapsulated',
          0x30,
          of,
          put('holder', 0xa0, pieces === null ? octetString(octets) : put('octets', 0x24, ...cut)),
        ),
        put('certificates', 0xa0, ...parts(certificates)),
        change(signers),
      ),
    ),
  );
}

test('what older repositories hold is read, in however many pieces', () => {
  expect(clauses(streamed())).toEqual([]);
  expect(clauses(streamed([], []))).toEqual([]);
});

test('as others stream it: the content whole, the certificates with a length, or both', () => {
  expect(clauses(streamed([], null))).toEqual([]);
  expect(clauses(streamed('certificates'))).toEqual([]);
  expect(clauses(streamed('certificates', null))).toEqual([]);
});

test.each<Place>(['wrap', 'data', 'encapsulated', 'holder', 'octets'])(
  'a mixture, with a length of the %s, is not',
  (closed) => expect(clauses(streamed(closed))).toContain('RFC 6488 3'),
);

const der = signedObject();
test.each<[string, Der]>([
  ['octets behind it', Buffer.concat([streamed(), nullValue()])],
  ['without its end', streamed().subarray(0, -2)],
  ['a length not in its shortest form', streamed([], [7], (raw) => longer(raw))],
  ['no length outside alone', Buffer.concat([fromHex('3080'), der.subarray(4), END])],
])('%s: it is refused', (_what, bytes) => expect(clauses(bytes)).toContain('RFC 6488 3'));

/** A SET of more than 255 octets with its length in one octet more. */
function longer(raw: Der): Der {
  return Buffer.concat([Uint8Array.of(raw[0] ?? 0, 0x83, 0), raw.subarray(2)]);
}
