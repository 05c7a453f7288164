/** What a response says (krill-ta.md 4.7), as values: everything in it is read, and nothing else may be there. Nothing is judged. */
import { JsonError, type JsonValue } from '../lib/json-reader.ts';
import { asBase64, asMap, asObject, asText } from '../lib/json-shape.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import { byKey, handle, keyIdentifier, onlyMember, resourceLimit, resourceSet } from './documents.ts';
import { instantText, readObjects, type TaObjects } from './objects.ts';

export interface IssuanceAnswer {
  type: 'issuance';
  className: string;
  resources: ResourceSet;
  notAfter: string;
  uri: string;
  limit: Partial<ResourceSet>;
  certificateDer: Uint8Array;
  /** The TA certificate, and where it is. */
  signing: { url: string; der: Uint8Array };
}

export type Answer =
  | IssuanceAnswer
  | { type: 'revocation'; className: string; key: string }
  /** The signer could not do it. */
  | { type: 'error' };

export interface Response {
  nonce: string;
  objects: TaObjects;
  /** By child, then by key. */
  answers: Map<string, Map<string, Answer>>;
}

function readIssuance(value: JsonValue, path: string): IssuanceAnswer {
  const object = asObject(value, path, {
    required: ['class_name', 'resource_set', 'not_after', 'issued_cert', 'signing_cert'],
  });
  const issued = asObject(object.get('issued_cert'), `${path}.issued_cert`, {
    required: ['uri', 'req_limit', 'cert'],
  });
  const signing = asObject(object.get('signing_cert'), `${path}.signing_cert`, { required: ['url', 'cert'] });
  return {
    type: 'issuance',
    className: asText(object.get('class_name'), `${path}.class_name`),
    resources: resourceSet(object.get('resource_set'), `${path}.resource_set`),
    notAfter: instantText(object.get('not_after'), `${path}.not_after`),
    uri: asText(issued.get('uri'), `${path}.issued_cert.uri`),
    limit: resourceLimit(issued.get('req_limit'), `${path}.issued_cert.req_limit`),
    certificateDer: asBase64(issued.get('cert'), `${path}.issued_cert.cert`),
    signing: {
      url: asText(signing.get('url'), `${path}.signing_cert.url`),
      der: asBase64(signing.get('cert'), `${path}.signing_cert.cert`),
    },
  };
}

function readAnswer(value: JsonValue, path: string): Answer {
  if (value === 'Error') return { type: 'error' };
  const [kind, inner, at] = onlyMember(value, path, 'answer');
  if (kind === 'Issuance') return readIssuance(inner, at);
  if (kind !== 'Revocation') throw new JsonError(`"${kind}" is no kind of answer`, path);
  const object = asObject(inner, at, { required: ['class_name', 'key'] });
  return {
    type: 'revocation',
    className: asText(object.get('class_name'), `${at}.class_name`),
    key: keyIdentifier(asText(object.get('key'), `${at}.key`), `${at}.key`),
  };
}

/** `response` of a response file, and the signed content of its message. Throws JsonError. */
export function readResponse(value: JsonValue | undefined): Response {
  const clear = asObject(value, 'response', { required: ['nonce', 'objects', 'child_responses'] });
  const answers = new Map<string, Map<string, Answer>>();
  for (const [name, own, path] of asMap(clear.get('child_responses'), 'response.child_responses'))
    answers.set(handle(name, path), byKey(own, path, readAnswer));
  return {
    nonce: asText(clear.get('nonce'), 'response.nonce'),
    objects: readObjects(clear.get('objects'), 'response.objects'),
    answers,
  };
}

/** The TA certificate that stands beside the certificates a response issues; null when it issues none. */
export function signingCertificate({ answers }: Response): Uint8Array | null {
  for (const own of answers.values())
    for (const answer of own.values()) if (answer.type === 'issuance') return answer.signing.der;
  return null;
}

/** The objects before the first exchange there is, of which nothing is known: none, and not the number right below. */
export function unknownBefore(first: TaObjects): TaObjects {
  return {
    ...first,
    number: first.number - 2n,
    issued: new Map(),
    revocations: [],
    thisUpdate: '1970-01-01T00:00:00Z',
  };
}
