/**
 * The set-up messages of RFC 8183 in Krill's JSON (krill-ta.md 4.10), and either form told by its first sign. The rules
 * are those of the XML.
 */
import { stopped } from '../lib/sentence.ts';
import { JsonError, type JsonObject, readJson, writeJson } from '../lib/json-reader.ts';
import { asBase64, asObject, asText, type Plain, toJson } from '../lib/json-shape.ts';
import { readIdCertificate } from './id-certificate.ts';
import { isHandle, isNotificationUri, isServiceUri } from './plain-name.ts';
import { RpkiError } from './rpki-error.ts';
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
  readChildRequestXml,
  readParentResponseXml,
  readPublisherRequestXml,
  readRepositoryResponseXml,
} from './setup-xml.ts';
import { base64Text } from './xml-shape.ts';
import { looksLikeXml } from './xml.ts';

/** Runs a reader of JSON; what it refuses is told with its place. Throws RpkiError. */
export function fromJson<T>(bytes: Uint8Array, read: (value: ReturnType<typeof readJson>) => T): T {
  try {
    return read(readJson(bytes));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new RpkiError(`${error.path === '' ? 'The JSON' : `"${error.path}"`}: ${stopped(error.message)}`);
  }
}

function text(object: JsonObject, name: string, fits: (value: string) => boolean, kind: string): string {
  const value = asText(object.get(name), name);
  if (!fits(value)) throw new JsonError(`it is no ${kind}`, name);
  return value;
}

const handle = (object: JsonObject, name: string): string =>
  text(object, name, isHandle, 'handle (RFC 8183)');
const serviceUri = (object: JsonObject): string =>
  text(object, 'service_uri', isServiceUri, 'http or https URI');

function common(object: JsonObject): { identityDer: Uint8Array; tag: string | null } {
  const { der } = readIdCertificate(asBase64(object.get('id_cert'), 'id_cert'));
  return {
    identityDer: der,
    tag: (object.get('tag') ?? null) === null ? null : text(object, 'tag', isTag, 'tag'),
  };
}

function message<T>(bytes: Uint8Array, required: readonly string[], read: (object: JsonObject) => T): T {
  return fromJson(bytes, (value) =>
    read(asObject(value, '', { required: ['id_cert', ...required], optional: ['tag'] })),
  );
}

function json(value: Plain): Uint8Array {
  return new Uint8Array(Buffer.from(writeJson(toJson(value)), 'utf8'));
}

/** XML or JSON. Throws RpkiError, as all readers here. */
export function readChildRequest(bytes: Uint8Array): ChildRequest {
  if (looksLikeXml(bytes)) return readChildRequestXml(bytes);
  return message(bytes, ['child_handle'], (object) => ({
    childHandle: handle(object, 'child_handle'),
    ...common(object),
  }));
}

export function writeChildRequestJson({ identityDer, childHandle, tag }: ChildRequest): Uint8Array {
  return json({ id_cert: base64Text(identityDer), child_handle: childHandle, tag });
}

/** XML or JSON. */
export function readParentResponse(bytes: Uint8Array): ParentResponse {
  if (looksLikeXml(bytes)) return readParentResponseXml(bytes);
  return message(bytes, ['parent_handle', 'child_handle', 'service_uri'], (object) => ({
    parentHandle: handle(object, 'parent_handle'),
    childHandle: handle(object, 'child_handle'),
    serviceUri: serviceUri(object),
    ...common(object),
  }));
}

export function writeParentResponseJson(response: ParentResponse): Uint8Array {
  return json({
    id_cert: base64Text(response.identityDer),
    parent_handle: response.parentHandle,
    child_handle: response.childHandle,
    service_uri: response.serviceUri,
    tag: response.tag,
  });
}

/** XML or JSON. */
export function readPublisherRequest(bytes: Uint8Array): PublisherRequest {
  if (looksLikeXml(bytes)) return readPublisherRequestXml(bytes);
  return message(bytes, ['publisher_handle'], (object) => ({
    publisherHandle: handle(object, 'publisher_handle'),
    ...common(object),
  }));
}

export function writePublisherRequestJson({
  identityDer,
  publisherHandle,
  tag,
}: PublisherRequest): Uint8Array {
  return json({ id_cert: base64Text(identityDer), publisher_handle: publisherHandle, tag });
}

/** XML or JSON. */
export function readRepositoryResponse(bytes: Uint8Array): RepositoryResponse {
  if (looksLikeXml(bytes)) return readRepositoryResponseXml(bytes);
  return message(bytes, ['publisher_handle', 'service_uri', 'repo_info'], (object) => {
    const info = asObject(object.get('repo_info'), 'repo_info', {
      required: ['sia_base'],
      optional: ['rrdp_notification_uri'],
    });
    const notify = info.get('rrdp_notification_uri') ?? null;
    return {
      publisherHandle: handle(object, 'publisher_handle'),
      serviceUri: serviceUri(object),
      siaBase: asFolder(text(info, 'sia_base', isSiaBase, 'rsync folder')),
      rrdpNotificationUri:
        notify === null
          ? null
          : text(info, 'rrdp_notification_uri', isNotificationUri, 'https URI of a file in .xml'),
      ...common(object),
    };
  });
}

export function writeRepositoryResponseJson(response: RepositoryResponse): Uint8Array {
  return json({
    id_cert: base64Text(response.identityDer),
    publisher_handle: response.publisherHandle,
    service_uri: response.serviceUri,
    repo_info: { sia_base: response.siaBase, rrdp_notification_uri: response.rrdpNotificationUri },
    tag: response.tag,
  });
}
