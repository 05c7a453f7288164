/**
 * BER as some PKCS#12 writers make it, turned into DER: indefinite and over-long lengths, strings in pieces. What lies
 * inside an octet string (certificates, keys) is not touched. For containers only; signed objects are read as they are.
 */
import { TAG } from './der-reader.ts';
import { tlv } from './der-writer.ts';
import { X509Error } from './x509-error.ts';

const CONSTRUCTED = 0x20;
const OCTETS_IN_PIECES = TAG.octetString | CONSTRUCTED;
const MOST_LEVELS = 30;

interface Element {
  der: Uint8Array;
  /** Where it ends in what was read. */
  end: number;
}

function cutOff(): X509Error {
  return new X509Error('the data is cut off');
}

/** Children up to `end`, or up to the end-of-contents octets when `end` is null. */
function elements(bytes: Uint8Array, from: number, end: number | null, level: number): [Element[], number] {
  const found: Element[] = [];
  let at = from;
  for (;;) {
    if (end !== null && at >= end) return [found, at];
    if (end === null && bytes[at] === 0 && bytes[at + 1] === 0) return [found, at + 2];
    const next = element(bytes, at, level);
    if (end !== null && next.end > end) throw new X509Error('an element is longer than what holds it');
    found.push(next);
    at = next.end;
  }
}

function element(bytes: Uint8Array, at: number, level: number): Element {
  if (level > MOST_LEVELS) throw new X509Error('its structure is nested too deeply');
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw cutOff();
  if ((tag & 0x1f) === 0x1f) throw new X509Error('a tag number above 30 is not used in these structures');
  let start = at + 2;
  let end: number | null = start + first;
  if (first === 0x80) end = null;
  else if (first > 0x80) {
    let length = 0;
    for (const octet of bytes.subarray(start, start + (first & 0x7f))) length = length * 256 + octet;
    start += first & 0x7f;
    end = start + length;
  }
  if (end !== null && end > bytes.length) throw cutOff();
  if (!(tag & CONSTRUCTED)) {
    if (end === null) throw new X509Error('a simple value has no length');
    return { der: tlv(tag, bytes.subarray(start, end)), end };
  }
  const [inner, after] = elements(bytes, start, end, level + 1);
  if (tag === OCTETS_IN_PIECES)
    return { der: tlv(TAG.octetString, joinedOctets(inner.map(({ der }) => der))), end: after };
  return { der: tlv(tag, Buffer.concat(inner.map(({ der }) => der))), end: after };
}

/** The contents of DER octet strings, one after the other. */
function joinedOctets(pieces: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    pieces.map((piece) => {
      if (piece[0] !== TAG.octetString) throw new X509Error('a string in pieces holds something else');
      const first = piece[1] ?? 0;
      return piece.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
    }),
  );
}

/** The first element of `bytes` in DER (X.690 8.1.3.6, 8.7.3). Throws X509Error. */
export function berToDer(bytes: Uint8Array): Uint8Array {
  return element(bytes, 0, 0).der;
}
