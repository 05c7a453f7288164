/**
 * Numbers and object identifiers that are written longer than they need be (X.690 8.3.2, 8.19.2). The readers take them,
 * so that somebody's object can be looked at; most programs refuse it, and what we act on must not have them.
 */
import type { Finding } from '#shared/contract/channel.ts';
import { children, readTlv, readWhole, TAG, type Tlv } from './der-reader.ts';
import { X509Error } from './x509-error.ts';

/** Deeper than any object of RFC 5280, 5652 or 6488. */
const DEEPEST = 32;

export interface LongForm {
  what: 'number' | 'object identifier';
  /** Tag, length and content as upper-case hex, at most 24 octets of it. */
  hex: string;
}

/** X.690 8.3.2: the first nine bits of an INTEGER are not all equal. */
export function isShortInteger({ content }: Tlv): boolean {
  const [first, second] = content;
  if (first === undefined) return false;
  return second === undefined || !((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
}

/** X.690 8.19.2: no part of an OBJECT IDENTIFIER begins with 0x80. */
export function isShortOid({ content }: Tlv): boolean {
  return !content.some((octet, at) => octet === 0x80 && (at === 0 || (content[at - 1] ?? 0) < 0x80));
}

/** Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }: the structure inside its last part. */
function extensionValue(parts: readonly Tlv[]): Tlv | null {
  const last = parts.at(-1);
  if (parts[0]?.tag !== TAG.oid || last?.tag !== TAG.octetString || parts.length > 3) return null;
  try {
    const value = readTlv(last.content);
    return value.raw.length === last.content.length ? value : null;
  } catch (error) {
    // An extension may hold anything; only structures are looked into.
    if (error instanceof X509Error) return null;
    throw error;
  }
}

function walk(tlv: Tlv, depth: number, found: LongForm[]): void {
  if (depth > DEEPEST) throw new X509Error('the structure is nested too deeply');
  const note = (what: LongForm['what']): void =>
    void found.push({ what, hex: Buffer.from(tlv.raw.subarray(0, 24)).toString('hex').toUpperCase() });
  if ((tlv.tag === TAG.integer || tlv.tag === TAG.enumerated) && !isShortInteger(tlv)) note('number');
  if (tlv.tag === TAG.oid && !isShortOid(tlv)) note('object identifier');
  if ((tlv.tag & 0x20) === 0) return;
  const parts = children(tlv);
  for (const part of parts) walk(part, depth + 1, found);
  const value = tlv.tag === TAG.sequence ? extensionValue(parts) : null;
  if (value !== null) walkGuarded(value, depth + 1, found);
}

function walkGuarded(value: Tlv, depth: number, found: LongForm[]): void {
  try {
    walk(value, depth, found);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
  }
}

/** Every one in a DER structure and in the values of the extensions in it. Throws X509Error when it is no DER. */
export function longForms(der: Uint8Array): LongForm[] {
  const found: LongForm[] = [];
  const outer = readTlv(der);
  walk(readWhole(outer.raw, outer.tag, 'the structure'), 0, found);
  return found;
}

/** The finding for a person who looks at somebody's object; none when all is short. */
export function longFormFindings(der: Uint8Array): Finding[] {
  const forms = longForms(der);
  const [first] = forms;
  if (first === undefined) return [];
  const more = forms.length === 1 ? '' : ` (and ${forms.length - 1} more)`;
  return [
    {
      code: 'DER_NOT_SHORTEST',
      severity: 'bad',
      text: `A ${first.what === 'number' ? 'number' : 'name of a type'} in it is written longer than DER allows${more}: many programs refuse it. It is ${first.hex}.`,
      where: 'encoding',
      clause: first.what === 'number' ? 'X.690 8.3.2' : 'X.690 8.19.2',
    },
  ];
}
