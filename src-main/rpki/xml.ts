/**
 * XML bytes as a small tree of elements, within bounds: what RFC 6492, 8181, 8182 and 8183 exchange needs no more. What
 * the elements mean is for others; nothing is fetched, expanded or guessed.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { RpkiError } from './rpki-error.ts';

export interface XmlElement {
  /** Empty: it is in none. */
  namespace: string;
  /** Without its prefix. */
  name: string;
  /** By name; one in a namespace is called `{namespace}name`, but `xml:lang` as everybody writes it. */
  attributes: Map<string, string>;
  children: XmlElement[];
  /** All characters directly in it, in one piece. */
  text: string;
  /** Where it begins, or ends its opening tag when that goes over several lines. */
  line: number;
}

/** What is refused before it is read further. */
export interface XmlLimits {
  bytes: number;
  elements: number;
}

const LIMITS: XmlLimits = { bytes: 1_048_576, elements: 100_000 };
// SECURITY: saxes looks a prefix up in every open element, so without this 200,000 nested tags take minutes.
const MOST_LEVELS = 16;
const MOST_ATTRIBUTES = 32;
const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

function opened(tag: SaxesTagNS, line: number): XmlElement {
  const attributes = new Map<string, string>();
  for (const { prefix, local, uri, value } of Object.values(tag.attributes)) {
    if (uri === XMLNS) continue;
    attributes.set(prefix === '' ? local : uri === XML ? `xml:${local}` : `{${uri}}${local}`, value);
  }
  return { namespace: tag.uri, name: tag.local, attributes, children: [], text: '', line };
}

function parse(text: string, mostElements: number): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const stack: { element: XmlElement; pieces: string[] }[] = [];
  let root: XmlElement | null = null;
  let [elements, attributes] = [0, 0];
  const refuse = (what: string): never => {
    throw new RpkiError(`${what} (line ${parser.line}).`);
  };
  const take = (piece: string): void => {
    stack.at(-1)?.pieces.push(piece);
  };
  parser.on('error', ({ message }) => refuse(`The XML is not well-formed: ${message.replace(/\.$/, '')}`));
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0') refuse('The XML is not of version 1.0');
    // ASCII is UTF-8 too; rpkid says so.
    if (encoding !== undefined && !/^(?:utf-8|us-ascii)$/i.test(encoding))
      refuse('The XML says it is not UTF-8');
  });
  // SECURITY: no document type, so no entities of its own: neither bombs nor files of this machine.
  parser.on('doctype', () => refuse('The XML has a document type declaration, which is not allowed here'));
  parser.on('processinginstruction', () =>
    refuse('The XML has a processing instruction, which is not allowed here'),
  );
  parser.on('opentagstart', () => {
    elements += 1;
    attributes = 0;
    if (elements > mostElements) refuse(`The XML has more than ${mostElements} elements`);
    if (stack.length >= MOST_LEVELS) refuse(`The XML is nested more than ${MOST_LEVELS} levels deep`);
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > MOST_ATTRIBUTES) refuse(`An element has more than ${MOST_ATTRIBUTES} attributes`);
  });
  parser.on('opentag', (tag) => {
    const element = opened(tag, parser.line);
    const parent = stack.at(-1);
    if (parent === undefined) root = element;
    else parent.element.children.push(element);
    stack.push({ element, pieces: [] });
  });
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', () => {
    const closed = stack.pop();
    if (closed !== undefined) closed.element.text = closed.pieces.join('');
  });
  parser.write(text).close();
  return root ?? refuse('The XML has no element');
}

/**
 * The root element of a document: UTF-8, XML 1.0, no document type, no processing instructions. Comments are skipped.
 * Throws RpkiError with the line.
 */
export function readXml(bytes: Uint8Array, limits: Partial<XmlLimits> = {}): XmlElement {
  const most = { ...LIMITS, ...limits };
  if (bytes.length > most.bytes)
    throw new RpkiError(`The XML is too large: ${bytes.length} bytes, and ${most.bytes} are allowed here.`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RpkiError('The XML is not UTF-8.');
  }
  return parse(text, most.elements);
}

/** Whether bytes mean to be XML: the first sign that is no blank is "<", as Krill tells it from JSON. */
export function looksLikeXml(bytes: Uint8Array): boolean {
  return /^\ufeff?\s*</.test(Buffer.from(bytes.subarray(0, 1024)).toString('utf8'));
}
