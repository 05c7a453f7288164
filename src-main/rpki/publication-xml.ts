/**
 * The messages of RFC 8181 as XML, read and written. Objects in them are bytes; whether one may lie at its URI is for the
 * publication server to say.
 */
import { isPlainUri } from './plain-name.ts';
import {
  PUBLICATION_ERRORS,
  type PublicationElement,
  type PublicationError,
  type PublicationErrorCode,
  type PublicationQuery,
  type PublicationReply,
  type PublishedObject,
} from './publication-message.ts';
import {
  attribute,
  base64Of,
  base64Text,
  childrenOf,
  empty,
  onlyAttributes,
  optionalAttribute,
  refuse,
  textOf,
} from './xml-shape.ts';
import { writeXml, type XmlNode } from './xml-writer.ts';
import { readXml, type XmlElement, type XmlLimits } from './xml.ts';

const NAMESPACE = 'http://www.hactrn.net/uris/rpki/publication-spec/';
/** A list of a large repository, or all its objects at once. */
const LIMITS: XmlLimits = { bytes: 67_108_864, elements: 500_000 };
const TAG = /^\P{Cc}{0,1024}$/u;
/** RFC 8181 appendix: any number of digits; a short one fits no object. */
const HASH = /^[0-9a-fA-F]{1,128}$/;

function message(bytes: Uint8Array, type: 'query' | 'reply', limits: Partial<XmlLimits>): XmlElement {
  const root = readXml(bytes, { ...LIMITS, ...limits });
  if (root.namespace !== NAMESPACE || root.name !== 'msg') refuse(root, 'is no message of RFC 8181');
  onlyAttributes(root, ['version', 'type']);
  attribute(root, 'version', /^4$/, 'version 4');
  attribute(root, 'type', (value) => value === type, type);
  return root;
}

const uriOf = (element: XmlElement): string =>
  attribute(
    element,
    'uri',
    (uri) => isPlainUri(uri, 'rsync') && !uri.endsWith('/'),
    'rsync URI of an object',
  );

function hashOf(element: XmlElement): string {
  return attribute(element, 'hash', HASH, 'hash').toUpperCase();
}

function readElement(element: XmlElement): PublicationElement {
  const tag = optionalAttribute(element, 'tag', TAG, 'tag') ?? '';
  if (element.name === 'publish') {
    onlyAttributes(element, ['uri'], ['tag', 'hash']);
    const hash = element.attributes.has('hash') ? hashOf(element) : null;
    return { type: 'publish', tag, uri: uriOf(element), der: base64Of(element), hash };
  }
  onlyAttributes(element, ['uri', 'hash'], ['tag']);
  empty(element);
  return { type: 'withdraw', tag, uri: uriOf(element), hash: hashOf(element) };
}

function readList(element: XmlElement): { type: 'list' } {
  onlyAttributes(element, []);
  empty(element);
  return { type: 'list' };
}

/** Throws RpkiError. */
export function readPublicationQuery(bytes: Uint8Array, limits: Partial<XmlLimits> = {}): PublicationQuery {
  const root = message(bytes, 'query', limits);
  const elements = childrenOf(root, ['list', 'publish', 'withdraw']);
  const list = elements.find(({ name }) => name === 'list');
  if (list === undefined) return { type: 'delta', elements: elements.map(readElement) };
  return elements.length === 1 ? readList(list) : refuse(list, 'must stand alone');
}

function readObject(element: XmlElement): PublishedObject {
  onlyAttributes(element, ['uri', 'hash']);
  empty(element);
  return { uri: uriOf(element), hash: hashOf(element) };
}

function isErrorCode(text: string): text is PublicationErrorCode {
  return Object.hasOwn(PUBLICATION_ERRORS, text);
}

function readError(element: XmlElement): PublicationError {
  onlyAttributes(element, ['error_code'], ['tag']);
  const code = attribute(element, 'error_code', isErrorCode, 'error code of RFC 8181');
  const parts = childrenOf(element, ['error_text', 'failed_pdu']);
  const one = (name: string): XmlElement | undefined => {
    const [first, ...more] = parts.filter((part) => part.name === name);
    return more.length === 0 ? first : refuse(element, `has several <${name}>`);
  };
  const text = one('error_text');
  const failed = one('failed_pdu');
  const [pdu, ...more] = failed === undefined ? [] : childrenOf(failed, ['list', 'publish', 'withdraw']);
  if (more.length > 0) refuse(element, 'has a <failed_pdu> of several');
  return {
    code: isErrorCode(code) ? code : 'other_error',
    tag: optionalAttribute(element, 'tag', TAG, 'tag'),
    text: text === undefined ? null : textOf(text),
    failed: pdu === undefined ? null : pdu.name === 'list' ? readList(pdu) : readElement(pdu),
  };
}

/** An empty reply is an empty list. Throws RpkiError. */
export function readPublicationReply(bytes: Uint8Array, limits: Partial<XmlLimits> = {}): PublicationReply {
  const root = message(bytes, 'reply', limits);
  const elements = childrenOf(root, ['list', 'success', 'report_error']);
  const kinds = new Set(elements.map(({ name }) => name));
  if (kinds.size > 1) refuse(root, 'mixes several kinds of reply');
  if (kinds.has('report_error')) return { type: 'error', errors: elements.map(readError) };
  if (!kinds.has('success')) return { type: 'list', objects: elements.map(readObject) };
  const [success, ...more] = elements;
  if (success === undefined || more.length > 0) refuse(root, 'has several <success>');
  onlyAttributes(success, []);
  empty(success);
  return { type: 'success' };
}

function elementNode(element: PublicationElement | { type: 'list' }): XmlNode {
  if (element.type === 'list') return { name: 'list' };
  const { tag, uri } = element;
  const hash = element.hash?.toLowerCase() ?? null;
  if (element.type === 'withdraw') return { name: 'withdraw', attributes: { tag, uri, hash } };
  return { name: 'publish', attributes: { tag, uri, hash }, content: base64Text(element.der) };
}

function errorNode({ code, tag, text, failed }: PublicationError): XmlNode {
  return {
    name: 'report_error',
    attributes: { error_code: code, tag },
    content: [
      ...(text === null ? [] : [{ name: 'error_text', content: text }]),
      ...(failed === null ? [] : [{ name: 'failed_pdu', content: [elementNode(failed)] }]),
    ],
  };
}

function write(type: 'query' | 'reply', content: XmlNode[]): Uint8Array {
  return writeXml(NAMESPACE, { name: 'msg', attributes: { version: '4', type }, content });
}

export function writePublicationQuery(query: PublicationQuery): Uint8Array {
  return write('query', query.type === 'list' ? [{ name: 'list' }] : query.elements.map(elementNode));
}

export function writePublicationReply(reply: PublicationReply): Uint8Array {
  switch (reply.type) {
    case 'success':
      return write('reply', [{ name: 'success' }]);
    case 'error':
      return write('reply', reply.errors.map(errorNode));
    case 'list':
      return write(
        'reply',
        reply.objects.map(({ uri, hash }) => ({
          name: 'list',
          attributes: { uri, hash: hash.toLowerCase() },
        })),
      );
  }
}
