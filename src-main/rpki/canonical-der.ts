/**
 * DER to the last octet (X.690 8, 10, 11): what RFC 5280, 6487 and 6488 ask for and lenient readers let pass, in a
 * structure, in the values of its extensions and in its public keys. Which elements belong where is for the readers.
 */
import { bitString, listElements, readTlv, readWhole, TAG, type Tlv } from '../x509/der-reader.ts';
import { isShortInteger, isShortOid } from '../x509/shortest-form.ts';
import { X509Error } from '../x509/x509-error.ts';
import type { Faults } from './fault.ts';

/** Deeper than any object of RFC 5280, 5652 or 6488. */
const DEEPEST = 32;
const CONSTRUCTED = 0x20;
/** Universal types that are made of parts; all others are not (X.690 8.9, 8.11, 10.2). */
const MADE_OF_PARTS = new Set<number>([TAG.sequence, TAG.set]);

/** `falseWritten`: an extension may say that it is not critical, as in a request of a CA of Krill. */
interface Tolerated {
  falseWritten: boolean;
}

function isCanonicalBits({ content }: Tlv): boolean {
  const [unused] = content;
  if (unused === undefined || unused > 7) return false;
  if (content.length === 1) return unused === 0;
  return ((content.at(-1) ?? 0) & ((1 << unused) - 1)) === 0;
}

/** What is wrong with one element by itself: text and clause, or null. */
function wrong(tlv: Tlv): [string, string] | null {
  const isUniversal = (tlv.tag & 0xc0) === 0;
  if (isUniversal && ((tlv.tag & CONSTRUCTED) !== 0) !== MADE_OF_PARTS.has(tlv.tag | CONSTRUCTED))
    return ['a value is in pieces, or a structure is not made of parts', 'X.690 10.2'];
  switch (tlv.tag) {
    case TAG.integer:
    case TAG.enumerated:
      return isShortInteger(tlv) ? null : ['a number is not in its shortest form', 'X.690 8.3.2'];
    case TAG.oid:
      return isShortOid(tlv) ? null : ['an object identifier is not in its shortest form', 'X.690 8.19.2'];
    case TAG.null:
      return tlv.content.length === 0 ? null : ['a NULL has a content', 'X.690 8.8.2'];
    case TAG.boolean:
      return tlv.content.length === 1 && (tlv.content[0] === 0 || tlv.content[0] === 0xff)
        ? null
        : ['a BOOLEAN is neither 00 nor FF', 'X.690 11.1'];
    case TAG.bitString:
      return isCanonicalBits(tlv) ? null : ['unused bits of a BIT STRING are not zero', 'X.690 11.2.1'];
    case TAG.set: {
      const parts = listElements(tlv);
      return parts.every(({ raw }, at) => at === 0 || Buffer.compare(parts[at - 1]?.raw ?? raw, raw) <= 0)
        ? null
        : ['the parts of a SET are not in DER order', 'X.690 11.6'];
    }
    default:
      return null;
  }
}

/** The structure inside the last part of an extension, or of an RSA key. */
function inside(parts: readonly Tlv[]): Uint8Array | null {
  const [first, second, third] = parts;
  const last = parts.at(-1);
  // Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }
  if (first?.tag === TAG.oid && last?.tag === TAG.octetString) return last.content;
  // SubjectPublicKeyInfo ::= SEQUENCE { algorithm, subjectPublicKey }; a signature stands third.
  if (first?.tag === TAG.sequence && second?.tag === TAG.bitString && third === undefined)
    return bitString(second, 'the key').bytes;
  return null;
}

function walkInside(faults: Faults, der: Uint8Array, depth: number, allowed: Tolerated): void {
  let tlv: Tlv;
  try {
    tlv = readTlv(der);
    // A string of any octets may look like the beginning of a structure.
    if (tlv.raw.length !== der.length) return;
  } catch (error) {
    // No structure: the reader of this extension says so where it must be one.
    if (error instanceof X509Error) return;
    throw error;
  }
  faults.read('X.690 10', () => walk(faults, tlv, depth, allowed));
}

function walk(faults: Faults, tlv: Tlv, depth: number, allowed: Tolerated): void {
  if (depth > DEEPEST) throw new X509Error('the structure is nested too deeply');
  const fault = wrong(tlv);
  if (fault !== null) {
    const [text, clause] = fault;
    faults.check(
      false,
      `${text} (${Buffer.from(tlv.raw.subarray(0, 24)).toString('hex').toUpperCase()})`,
      clause,
    );
  }
  if ((tlv.tag & CONSTRUCTED) === 0) return;
  const parts = listElements(tlv);
  for (const part of parts) walk(faults, part, depth + 1, allowed);
  if (tlv.tag !== TAG.sequence) return;
  const [, flag, value] = parts;
  faults.check(
    allowed.falseWritten ||
      !(
        parts[0]?.tag === TAG.oid &&
        flag?.tag === TAG.boolean &&
        flag.content[0] === 0 &&
        value !== undefined
      ),
    'an extension writes out that it is not critical',
    'X.690 11.5',
  );
  const inner = inside(parts);
  if (inner !== null) walkInside(faults, inner, depth + 1, allowed);
}

/** Notes each place where `der` is not DER. Throws X509Error when it is no structure at all. */
export function checkCanonical(
  faults: Faults,
  der: Uint8Array,
  allowed: Tolerated = { falseWritten: false },
): void {
  const { tag } = readTlv(der);
  walk(faults, readWhole(der, tag, 'the structure'), 0, allowed);
}
