/**
 * Signed objects as the repositories of the first years hold them: made by a writer that did not know the length of what
 * follows (X.690 8.1.3.6), and DER in all the rest. The content is in pieces or whole, the certificates have a length or none: so do
 * BouncyCastle and `openssl cms -stream` write them, and so some CAs write their messages, with a CRL (krill-ta.md 5.4). Turned into DER;
 * any other BER is refused.
 */
import { expectTag, readTlv, TAG, type Tlv } from '../x509/der-reader.ts';
import { tlv } from '../x509/der-writer.ts';
import { X509Error } from '../x509/x509-error.ts';

const INDEFINITE = 0x80;
const CONTEXT_0 = 0xa0;
const CONTEXT_1 = 0xa1;
const OCTETS_IN_PIECES = 0x24;

/** Writers cut at 1,000 octets or more. */
const MOST_PARTS = 65_536;

/** Whether it begins as one. */
const isStreamed = (bytes: Uint8Array): boolean => bytes[0] === TAG.sequence && bytes[1] === INDEFINITE;

class Cursor {
  private at = 0;
  private readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** One element with a length, as it stands. */
  part(tag: number): Tlv {
    const found = expectTag(readTlv(this.bytes, this.at), tag, 'a part of the signed object');
    this.at += found.raw.length;
    return found;
  }

  /** Whether the next two octets are these; then it is behind them. */
  private takes(first: number, second: number): boolean {
    if (this.bytes[this.at] !== first || this.bytes[this.at + 1] !== second) return false;
    this.at += 2;
    return true;
  }

  /** What `inside` reads between the tag without a length and its end. */
  open<T>(tag: number, inside: () => T): T {
    if (!this.takes(tag, INDEFINITE)) throw new X509Error('it is BER, and not as older repositories hold it');
    const found = inside();
    if (!this.takes(0, 0)) throw new X509Error('it is BER, and not as older repositories hold it');
    return found;
  }

  /** Whether the next element begins with these octets; nothing is taken. */
  isAt(...octets: number[]): boolean {
    return octets.every((octet, index) => this.bytes[this.at + index] === octet);
  }

  /** Elements with a length, up to the end of what holds them. */
  parts(tag: number): Tlv[] {
    const found: Tlv[] = [];
    while (this.bytes[this.at] === tag) {
      if (found.length === MOST_PARTS) throw new X509Error(`it is BER in more than ${MOST_PARTS} pieces`);
      found.push(this.part(tag));
    }
    return found;
  }

  end(): void {
    const more = this.bytes.length - this.at;
    if (more > 0) throw new X509Error(`${more} bytes follow after its end`);
  }
}

/** The same object in DER. Throws X509Error. */
function streamedToDer(bytes: Uint8Array): Uint8Array {
  const cursor = new Cursor(bytes);
  const raw = ({ raw: octets }: Tlv): Uint8Array => octets;
  const content = (): Uint8Array => {
    if (cursor.isAt(TAG.octetString)) return cursor.part(TAG.octetString).raw;
    const pieces = cursor.open(OCTETS_IN_PIECES, () => cursor.parts(TAG.octetString));
    return tlv(TAG.octetString, ...pieces.map((piece) => piece.content));
  };
  const encapsulated = (): Uint8Array => {
    const type = cursor.part(TAG.oid);
    return tlv(TAG.sequence, type.raw, tlv(CONTEXT_0, cursor.open(CONTEXT_0, content)));
  };
  const signedData = (): Uint8Array => {
    const [version, digests] = [cursor.part(TAG.integer), cursor.part(TAG.set)];
    const inside = cursor.open(TAG.sequence, encapsulated);
    const setOf = (tag: number): Uint8Array =>
      cursor.isAt(tag, INDEFINITE)
        ? tlv(tag, ...cursor.open(tag, () => cursor.parts(TAG.sequence)).map(raw))
        : cursor.part(tag).raw;
    const certificates = setOf(CONTEXT_0);
    const crls = cursor.isAt(CONTEXT_1) ? [setOf(CONTEXT_1)] : [];
    const signers = cursor.part(TAG.set);
    return tlv(TAG.sequence, version.raw, digests.raw, inside, certificates, ...crls, signers.raw);
  };
  const der = cursor.open(TAG.sequence, () => {
    const type = cursor.part(TAG.oid);
    const data = cursor.open(CONTEXT_0, () => cursor.open(TAG.sequence, signedData));
    return tlv(TAG.sequence, type.raw, tlv(CONTEXT_0, data));
  });
  cursor.end();
  return der;
}

/** DER as it stands, or what `streamedToDer` makes of it. Throws X509Error. */
export const derForm = (bytes: Uint8Array): Uint8Array => (isStreamed(bytes) ? streamedToDer(bytes) : bytes);
