/** Writes a tree of elements as XML, everything escaped. It knows no message. */
import { RpkiError } from './rpki-error.ts';

export interface XmlNode {
  name: string;
  /** In their order; null ones are left out. */
  attributes?: Readonly<Record<string, string | null>>;
  /** Elements, or text. */
  content?: readonly XmlNode[] | string;
}

// XML 1.0 2.2: these and nothing else, not even escaped.
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader makes a blank of these in an attribute, and a line feed of a carriage return anywhere.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escaped(text: string, signs: RegExp): string {
  if (!CHARACTERS.test(text)) throw new RpkiError('A text holds a character that XML cannot carry.');
  return text.replace(signs, (sign) => ESCAPES[sign] ?? sign);
}

function opening({ name, attributes = {} }: XmlNode): string {
  const pairs = Object.entries(attributes).flatMap(([key, value]) =>
    value === null ? [] : [` ${key}="${escaped(value, /[&<>"\t\n\r]/g)}"`],
  );
  return `<${name}${pairs.join('')}`;
}

function lines(node: XmlNode, indent: string): string[] {
  const { name, content = [] } = node;
  if (content.length === 0) return [`${indent}${opening(node)}/>`];
  if (typeof content === 'string')
    return [`${indent}${opening(node)}>${escaped(content, /[&<>\r]/g)}</${name}>`];
  return [
    `${indent}${opening(node)}>`,
    ...content.flatMap((child) => lines(child, `${indent}  `)),
    `${indent}</${name}>`,
  ];
}

/** One element a line, all in `namespace`, UTF-8. Throws RpkiError for what XML cannot carry. */
export function writeXml(namespace: string, root: XmlNode): Uint8Array {
  const text = lines({ ...root, attributes: { xmlns: namespace, ...root.attributes } }, '').join('\n');
  return new Uint8Array(Buffer.from(`${text}\n`, 'utf8'));
}
