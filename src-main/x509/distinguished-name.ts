/** Distinguished names: DER to the view and back. Order and string types of the DER are kept; nothing is normalised. */
import type { NameView } from '#shared/contract/certificate-view.ts';
import { replaceHidden, shownText } from '#shared/hidden-characters.ts';
import { children, expectTag, oidText, stringValue, TAG, type Tlv } from './der-reader.ts';
import { ia5String, oid, printableString, sequence, setOf, utf8String } from './der-writer.ts';
import { ATTRIBUTES, named } from './oids.ts';
import { X509Error } from './x509-error.ts';

/** RFC 4514 2.4: what must be escaped, and spaces and number signs at the ends; and what nobody would see, in the same way. */
function escaped(value: string): string {
  const special = value
    .replaceAll(/[\\",;<>+=]/g, (character) => `\\${character}`)
    .replace(/^[ #]/, (character) => `\\${character}`)
    .replace(/ $/, '\\ ');
  return replaceHidden(special, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `\\${byte.toString(16).padStart(2, '0').toUpperCase()}`)
      .join(''),
  );
}

function attributeOf(tlv: Tlv): { oid: string; name: string; value: string; text: string } {
  const [type, value] = children(expectTag(tlv, TAG.sequence, 'a name attribute'));
  if (type === undefined || value === undefined) throw new X509Error('a name attribute is incomplete');
  const dotted = oidText(type);
  const name = named(ATTRIBUTES, dotted);
  let text: string;
  try {
    text = stringValue(value);
  } catch {
    // RFC 4514 2.4: a value that is no string is shown as the hex of its encoding.
    text = `#${Buffer.from(value.raw).toString('hex')}`;
  }
  return { oid: dotted, name, value: text, text: `${name}=${text.startsWith('#') ? text : escaped(text)}` };
}

/** The name as OpenSSL and people write it here: first attribute of the DER first ("C=US, O=Example, CN=a"). */
export function nameView(tlv: Tlv): NameView {
  const attributes: NameView['attributes'] = [];
  const parts: string[] = [];
  for (const set of children(expectTag(tlv, TAG.sequence, 'a name'))) {
    const found = children(expectTag(set, TAG.set, 'a relative name')).map(attributeOf);
    attributes.push(...found.map(({ oid: dotted, name, value }) => ({ oid: dotted, name, value })));
    parts.push(found.map(({ text }) => text).join('+'));
  }
  return { text: parts.join(', '), attributes };
}

/** What a list shows for a subject: its last CN, else its last O or OU, else the whole name; hidden characters written out. */
export function shortName(name: NameView): string {
  for (const wanted of ['CN', 'O', 'OU', 'emailAddress']) {
    const found = name.attributes.findLast((attribute) => attribute.name === wanted);
    if (found !== undefined && found.value !== '') return shownText(found.value);
  }
  return name.text;
}

const TYPES: Record<string, string> = Object.fromEntries(
  Object.entries(ATTRIBUTES).map(([dotted, name]) => [name, dotted]),
);
/** RFC 5280 appendix A: these have one string type; everything else is written as UTF8String (4.1.2.4). */
const STRINGS: Record<string, (text: string) => Uint8Array> = {
  C: printableString,
  serialNumber: printableString,
  dnQualifier: printableString,
  emailAddress: ia5String,
  DC: ia5String,
};

/** Name DER from attributes in order, one per relative name. Throws X509Error for an unknown type or a character it cannot hold. */
export function nameDer(attributes: readonly { type: string; value: string }[]): Uint8Array {
  const parts = attributes.map(({ type, value }) => {
    const dotted = TYPES[type];
    if (dotted === undefined) throw new X509Error(`${type} is not a known attribute type`);
    return setOf(sequence(oid(dotted), (STRINGS[type] ?? utf8String)(value)));
  });
  return sequence(...parts);
}

/** RFC 4514 2.4 undone: pairs of hex digits are octets of UTF-8. */
function unescaped(text: string): string {
  return text
    .replaceAll(/(?:\\[0-9A-F]{2})+/g, (pairs) =>
      Buffer.from(pairs.replaceAll('\\', ''), 'hex').toString('utf8'),
    )
    .replaceAll(/\\(.)/g, '$1');
}

/** The common name inside a name that is only there as `nameView` wrote it, hidden characters written out; the whole text when there is none. */
export function commonNameIn(text: string): string {
  const found = [...text.matchAll(/(?:^|[,+] ?)CN=((?:\\.|[^,+\\])*)/g)].at(-1)?.[1];
  return shownText(found === undefined ? text : unescaped(found));
}
