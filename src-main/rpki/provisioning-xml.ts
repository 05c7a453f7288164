/**
 * The messages of RFC 6492 as XML, read and written. Certificates and requests in them are bytes: what they are worth is
 * judged elsewhere, and so is the signed message around the XML.
 */
import { toHex } from '../lib/bytes.ts';
import { isHandle } from './plain-name.ts';
import {
  NOT_PERFORMED,
  type Payload,
  ProvisioningError,
  type ProvisioningMessage,
} from './provisioning-message.ts';
import { classNode, className, LIMIT, limitAttributes, readClass, readLimit } from './resource-class-xml.ts';
import {
  attribute,
  base64Of,
  base64Text,
  childrenOf,
  empty,
  onlyAttributes,
  oneOf,
  quoted,
  refuse,
  textOf,
} from './xml-shape.ts';
import { writeXml, type XmlNode } from './xml-writer.ts';
import { readXml, type XmlElement, type XmlLimits } from './xml.ts';

const NAMESPACE = 'http://www.apnic.net/specs/rescerts/up-down/';
function readKey(root: XmlElement): { className: string; keyId: string } {
  const key = oneOf(childrenOf(root, ['key']), 'key', root);
  onlyAttributes(key, ['class_name', 'ski']);
  empty(key);
  // RFC 6492 3.5.1 leaves open whether it is padded.
  const text = attribute(key, 'ski', /^[-_A-Za-z0-9]{27}=?$/, 'key identifier').slice(0, 27);
  const ski = Buffer.from(text, 'base64url');
  if (ski.toString('base64url') !== text) refuse(key, 'has a ski that is no key identifier');
  return { className: className(key), keyId: toHex(ski) };
}

function readError(root: XmlElement): Payload {
  const parts = childrenOf(root, ['status', 'description']);
  const status = oneOf(parts, 'status', root);
  onlyAttributes(status, []);
  const code = textOf(status);
  if (!/^\d{1,4}$/.test(code)) refuse(status, `is no number: ${quoted(code)}`);
  const [description] = parts
    .filter(({ name }) => name === 'description')
    .map((one) => {
      onlyAttributes(one, [], ['xml:lang']);
      return textOf(one);
    });
  return { type: 'error_response', status: Number(code), description: description ?? '' };
}

function readPayload(root: XmlElement): Payload {
  const type = root.attributes.get('type') ?? refuse(root, 'has no type');
  switch (type) {
    case 'list':
      empty(root);
      return { type };
    case 'list_response':
      return { type, classes: childrenOf(root, ['class']).map(readClass) };
    case 'issue': {
      const request = oneOf(childrenOf(root, ['request']), 'request', root);
      onlyAttributes(request, ['class_name'], LIMIT);
      return { type, className: className(request), limit: readLimit(request), csrDer: base64Of(request) };
    }
    case 'issue_response': {
      const element = oneOf(childrenOf(root, ['class']), 'class', root);
      const resourceClass = readClass(element);
      if (resourceClass.certificates.length !== 1) refuse(element, 'must have one <certificate>');
      return { type, resourceClass };
    }
    case 'revoke':
    case 'revoke_response':
      return { type, ...readKey(root) };
    case 'error_response':
      return readError(root);
    default:
      throw new ProvisioningError(
        `${quoted(type)} is no kind of message of RFC 6492.`,
        NOT_PERFORMED.unknownType,
      );
  }
}

/** Throws RpkiError; ProvisioningError when it is a message of another version or an unknown type. */
export function readProvisioningXml(bytes: Uint8Array, limits: Partial<XmlLimits> = {}): ProvisioningMessage {
  const root = readXml(bytes, limits);
  if (root.namespace !== NAMESPACE || root.name !== 'message') refuse(root, 'is no message of RFC 6492');
  onlyAttributes(root, ['version', 'sender', 'recipient', 'type']);
  const version = root.attributes.get('version') ?? '';
  if (version !== '1')
    throw new ProvisioningError(
      `The message is of version ${quoted(version)}, and only 1 is known.`,
      NOT_PERFORMED.wrongVersion,
    );
  return {
    sender: attribute(root, 'sender', isHandle, 'handle'),
    recipient: attribute(root, 'recipient', isHandle, 'handle'),
    payload: readPayload(root),
  };
}

function payloadNodes(payload: Payload): XmlNode[] {
  switch (payload.type) {
    case 'list':
      return [];
    case 'list_response':
      return payload.classes.map(classNode);
    case 'issue': {
      const attributes = { class_name: payload.className, ...limitAttributes(payload.limit) };
      return [{ name: 'request', attributes, content: base64Text(payload.csrDer) }];
    }
    case 'issue_response':
      return [classNode(payload.resourceClass)];
    case 'revoke':
    case 'revoke_response': {
      const ski = Buffer.from(payload.keyId, 'hex').toString('base64url');
      return [{ name: 'key', attributes: { class_name: payload.className, ski } }];
    }
    case 'error_response': {
      const description = {
        name: 'description',
        attributes: { 'xml:lang': 'en-US' },
        content: payload.description,
      };
      return [
        { name: 'status', content: String(payload.status) },
        ...(payload.description === '' ? [] : [description]),
      ];
    }
  }
}

/** Throws RpkiError for what the form cannot carry. */
export function writeProvisioningXml({ sender, recipient, payload }: ProvisioningMessage): Uint8Array {
  return writeXml(NAMESPACE, {
    name: 'message',
    attributes: { version: '1', sender, recipient, type: payload.type },
    content: payloadNodes(payload),
  });
}
