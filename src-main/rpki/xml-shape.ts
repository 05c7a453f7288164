/** Asking a read element for what it must be, with the line in every refusal. It knows no message. */
import { RpkiError } from './rpki-error.ts';
import type { XmlElement } from './xml.ts';

/** Short enough for a sentence. */
function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** What the sender wrote, to be repeated to the operator. */
export function quoted(text: string): string {
  return `"${short(text)}"`;
}

/** Throws RpkiError: "<child_request> has no version (line 1)." */
export function refuse(element: XmlElement, what: string): never {
  throw new RpkiError(`<${short(element.name)}> ${what} (line ${element.line}).`);
}

/** The element has exactly these attributes; `optional` ones may be missing. */
export function onlyAttributes(
  element: XmlElement,
  required: readonly string[],
  optional: readonly string[] = [],
): void {
  for (const name of required) if (!element.attributes.has(name)) refuse(element, `has no ${name}`);
  for (const name of element.attributes.keys())
    if (!required.includes(name) && !optional.includes(name))
      refuse(element, `has an attribute ${quoted(name)} that is not known here`);
}

/** What a value must be: a pattern, or a question. */
export type Fits = RegExp | ((value: string) => boolean);

/** The value of an attribute that fits; `kind` says what it is: "handle". */
export function attribute(element: XmlElement, name: string, fits: Fits, kind: string): string {
  const value = element.attributes.get(name) ?? refuse(element, `has no ${name}`);
  const isRight = fits instanceof RegExp ? fits.test(value) : fits(value);
  return isRight ? value : refuse(element, `has a ${name} that is no ${kind}: ${quoted(value)}`);
}

/** As `attribute`; null when it is missing. */
export function optionalAttribute(
  element: XmlElement,
  name: string,
  fits: Fits,
  kind: string,
): string | null {
  return element.attributes.has(name) ? attribute(element, name, fits, kind) : null;
}

/** The elements in it: in its namespace, of these names, with nothing but blanks between them. */
export function childrenOf(element: XmlElement, names: readonly string[]): XmlElement[] {
  if (/[^ \t\r\n]/.test(element.text)) refuse(element, 'has text where only elements belong');
  for (const child of element.children)
    if (child.namespace !== element.namespace || !names.includes(child.name))
      refuse(child, `does not belong into <${element.name}>`);
  return element.children;
}

/** The one element of that name among `children`. */
export function oneOf(children: readonly XmlElement[], name: string, parent: XmlElement): XmlElement {
  const [found, ...more] = children.filter((child) => child.name === name);
  return found !== undefined && more.length === 0
    ? found
    : refuse(parent, `must have one <${name}> and has ${found === undefined ? 'none' : more.length + 1}`);
}

const BLANKS = ' \t\r\n';

/** Its text without the blanks around it. */
export function textOf(element: XmlElement): string {
  if (element.children.length > 0) refuse(element, 'has elements where only text belongs');
  const { text } = element;
  // SECURITY: by hand, for a pattern at the end of a text tries every blank in it.
  let [from, to] = [0, text.length];
  while (from < to && BLANKS.includes(text[from] ?? '')) from += 1;
  while (to > from && BLANKS.includes(text[to - 1] ?? '')) to -= 1;
  return text.slice(from, to);
}

/** Nothing in it. */
export function empty(element: XmlElement): void {
  if (textOf(element) !== '') refuse(element, 'must be empty');
}

/**
 * Bytes written as base64 with white space anywhere, the invisible kind too that comes along from web pages; padding must
 * be right and spare bits zero.
 */
export function base64Of(element: XmlElement): Uint8Array {
  if (element.children.length > 0) refuse(element, 'has elements where only base64 belongs');
  const text = element.text.replaceAll(/[\s\u200b]/g, '');
  if (text === '') refuse(element, 'is empty where base64 belongs');
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : refuse(element, 'holds no base64');
}

/** In its one written form (RFC 4648 4). */
export function base64Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
