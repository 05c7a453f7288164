/**
 * The set-up messages of RFC 8183 as XML: pub-req.xml, repo-res.xml, child request and parent response (res.xml). Offers
 * and referrals are passed over; whose certificate it is has to be compared by people.
 */
import { readIdCertificate } from './id-certificate.ts';
import { isHandle, isNotificationUri, isServiceUri } from './plain-name.ts';
import {
  asFolder,
  type ChildRequest,
  isSiaBase,
  isTag,
  type ParentResponse,
  type PublisherRequest,
  type RepositoryResponse,
} from './setup-message.ts';
import {
  attribute,
  base64Of,
  base64Text,
  childrenOf,
  onlyAttributes,
  oneOf,
  optionalAttribute,
  refuse,
} from './xml-shape.ts';
import { writeXml } from './xml-writer.ts';
import { readXml, type XmlElement } from './xml.ts';

const NAMESPACE = 'http://www.hactrn.net/uris/rpki/rpki-setup/';
/** Krill before 0.10 wrote it so. */
const WITHOUT_SLASH = 'http://www.hactrn.net/uris/rpki/rpki-setup';

interface Form {
  root: string;
  /** Holds the certificate. */
  identity: string;
  attributes: { required: readonly string[]; optional: readonly string[] };
  /** Elements that may stand beside it and are passed over. */
  beside: readonly string[];
}

const CHILD_REQUEST: Form = {
  root: 'child_request',
  identity: 'child_bpki_ta',
  attributes: { required: ['version', 'child_handle'], optional: ['tag'] },
  beside: [],
};
const PARENT_RESPONSE: Form = {
  root: 'parent_response',
  identity: 'parent_bpki_ta',
  attributes: {
    required: ['version', 'service_uri', 'child_handle', 'parent_handle'],
    // rpkid had the time in it before RFC 8183 left it out.
    optional: ['tag', 'valid_until'],
  },
  beside: ['offer', 'referral'],
};
const PUBLISHER_REQUEST: Form = {
  root: 'publisher_request',
  identity: 'publisher_bpki_ta',
  attributes: { required: ['version', 'publisher_handle'], optional: ['tag'] },
  beside: ['referral'],
};
const REPOSITORY_RESPONSE: Form = {
  root: 'repository_response',
  identity: 'repository_bpki_ta',
  attributes: {
    required: ['version', 'service_uri', 'publisher_handle', 'sia_base'],
    optional: ['rrdp_notification_uri', 'tag'],
  },
  beside: [],
};

const FORMS = [CHILD_REQUEST, PARENT_RESPONSE, PUBLISHER_REQUEST, REPOSITORY_RESPONSE] as const;

export type SetupKind = 'child-request' | 'parent-response' | 'publisher-request' | 'repository-response';

/** Which message a document means to be, by namespace and name of its root; null: another one. */
export function setupKind(root: XmlElement): SetupKind | null {
  if (root.namespace !== NAMESPACE && root.namespace !== WITHOUT_SLASH) return null;
  return FORMS.some((form) => form.root === root.name) ? (root.name.replace('_', '-') as SetupKind) : null;
}

function read(
  bytes: Uint8Array,
  form: Form,
): { root: XmlElement; identityDer: Uint8Array; tag: string | null } {
  const root = readXml(bytes);
  if (root.name !== form.root) refuse(root, `is not the wanted <${form.root}>`);
  if (root.namespace !== NAMESPACE && root.namespace !== WITHOUT_SLASH)
    refuse(root, 'is not in the namespace of RFC 8183');
  onlyAttributes(root, form.attributes.required, form.attributes.optional);
  attribute(root, 'version', /^1$/, 'version 1');
  const identity = oneOf(childrenOf(root, [form.identity, ...form.beside]), form.identity, root);
  onlyAttributes(identity, []);
  const { der } = readIdCertificate(base64Of(identity));
  return { root, identityDer: der, tag: optionalAttribute(root, 'tag', isTag, 'tag') };
}

const handle = (root: XmlElement, name: string): string => attribute(root, name, isHandle, 'handle');
const serviceUri = (root: XmlElement): string =>
  attribute(root, 'service_uri', isServiceUri, 'http or https URI');

function write(
  form: Form,
  attributes: Readonly<Record<string, string | null>>,
  message: { identityDer: Uint8Array; tag: string | null },
): Uint8Array {
  return writeXml(NAMESPACE, {
    name: form.root,
    attributes: { version: '1', ...attributes, tag: message.tag },
    content: [{ name: form.identity, content: base64Text(message.identityDer) }],
  });
}

/** Throws RpkiError, as all readers here. */
export function readChildRequestXml(bytes: Uint8Array): ChildRequest {
  const { root, identityDer, tag } = read(bytes, CHILD_REQUEST);
  return { childHandle: handle(root, 'child_handle'), identityDer, tag };
}

export function writeChildRequestXml(message: ChildRequest): Uint8Array {
  return write(CHILD_REQUEST, { child_handle: message.childHandle }, message);
}

export function readParentResponseXml(bytes: Uint8Array): ParentResponse {
  const { root, identityDer, tag } = read(bytes, PARENT_RESPONSE);
  return {
    parentHandle: handle(root, 'parent_handle'),
    childHandle: handle(root, 'child_handle'),
    serviceUri: serviceUri(root),
    identityDer,
    tag,
  };
}

export function writeParentResponseXml(message: ParentResponse): Uint8Array {
  const { parentHandle, childHandle } = message;
  return write(
    PARENT_RESPONSE,
    { parent_handle: parentHandle, child_handle: childHandle, service_uri: message.serviceUri },
    message,
  );
}

export function readPublisherRequestXml(bytes: Uint8Array): PublisherRequest {
  const { root, identityDer, tag } = read(bytes, PUBLISHER_REQUEST);
  return { publisherHandle: handle(root, 'publisher_handle'), identityDer, tag };
}

export function writePublisherRequestXml(message: PublisherRequest): Uint8Array {
  return write(PUBLISHER_REQUEST, { publisher_handle: message.publisherHandle }, message);
}

export function readRepositoryResponseXml(bytes: Uint8Array): RepositoryResponse {
  const { root, identityDer, tag } = read(bytes, REPOSITORY_RESPONSE);
  return {
    publisherHandle: handle(root, 'publisher_handle'),
    serviceUri: serviceUri(root),
    siaBase: asFolder(attribute(root, 'sia_base', isSiaBase, 'rsync folder')),
    rrdpNotificationUri: optionalAttribute(
      root,
      'rrdp_notification_uri',
      isNotificationUri,
      'https URI of a file in .xml',
    ),
    identityDer,
    tag,
  };
}

export function writeRepositoryResponseXml(message: RepositoryResponse): Uint8Array {
  return write(
    REPOSITORY_RESPONSE,
    {
      publisher_handle: message.publisherHandle,
      service_uri: message.serviceUri,
      sia_base: message.siaBase,
      rrdp_notification_uri: message.rrdpNotificationUri,
    },
    message,
  );
}
