/**
 * A proxy's state as the workspace keeps it: Krill's words where Krill has them (krill-ta.md 7.1), own members beside them.
 * It reads back what it wrote; nothing is judged.
 */
import { JsonError, type JsonValue, readJson, writeJson } from '../../lib/json-reader.ts';
import {
  asArray,
  asBase64,
  asFlag,
  asMap,
  asObject,
  asOptional,
  asText,
  type Plain,
  toJson,
} from '../../lib/json-shape.ts';
import {
  byKey,
  handle,
  keyIdentifier,
  readChildRequest,
  readIdentity,
  resourceLimit,
  resourceSet,
} from '../documents.ts';
import { instantText, objectsJson, readObjects, resourcesJson } from '../objects.ts';
import { readRepositoryContact, repositoryContactJson } from '../repository-contact.ts';
import {
  detailsJson,
  identityJson,
  identityOf,
  type Identity,
  readDetails,
  readTiming,
  timingJson,
} from '../signer/trust-anchor.ts';
import type {
  AssociatedSigner,
  ChildResponse,
  OpenRequest,
  ProxyChild,
  ProxyRepository,
  ProxyState,
  PublishTarget,
  Withdrawn,
} from './proxy-state.ts';
import { childRequestJson } from './request-json.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** `TrustAnchorSignerInfo` (krill-ta.md 4.5). */
export function associatedJson(signer: AssociatedSigner): JsonValue {
  return new Map([
    ['id', identityJson(signer.identity)],
    ['objects', objectsJson(signer.objects)],
    ['ta_cert_details', detailsJson(signer)],
  ]);
}

function identity(value: JsonValue | undefined, path: string): Identity {
  const { spkiDer, certificateDer } = readIdentity(value, path);
  return identityOf(spkiDer, certificateDer);
}

/** Reads signer-info.json whole. Throws JsonError. */
export function readAssociated(value: JsonValue, path: string): AssociatedSigner {
  const object = asObject(value, path, { required: ['id', 'objects', 'ta_cert_details'], open: true });
  return {
    identity: identity(object.get('id'), `${path}.id`),
    objects: readObjects(object.get('objects'), `${path}.objects`),
    ...readDetails(object.get('ta_cert_details'), `${path}.ta_cert_details`),
  };
}

function repositoryJson(repository: ProxyRepository): JsonValue {
  return toJson({
    contact: repositoryContactJson(repository.contact),
    server_id: base64(repository.serverIdentityDer),
    publisher_handle: repository.publisherHandle,
    target: { ...repository.target },
  });
}

function readTarget(value: JsonValue | undefined, path: string): PublishTarget {
  const object = asObject(value, path, { required: ['kind'], optional: ['path', 'pin'] });
  if (object.get('kind') === 'folder')
    return { kind: 'folder', path: asText(object.get('path'), `${path}.path`) };
  return { kind: 'server', pin: asOptional(object.get('pin'), `${path}.pin`, asText) };
}

function readRepository(value: JsonValue, path: string): ProxyRepository {
  const object = asObject(value, path, { required: ['contact', 'server_id', 'publisher_handle', 'target'] });
  return {
    contact: readRepositoryContact(object.get('contact') ?? null),
    serverIdentityDer: asBase64(object.get('server_id'), `${path}.server_id`),
    publisherHandle: asText(object.get('publisher_handle'), `${path}.publisher_handle`),
    target: readTarget(object.get('target'), `${path}.target`),
  };
}

function childResponseJson(response: ChildResponse): Plain {
  if (response.type !== 'issuance') return response.type;
  return {
    certificate: base64(response.certificateDer),
    uri: response.uri,
    limit: resourcesJson(response.limit),
  };
}

function readChildResponse(value: JsonValue, path: string): ChildResponse {
  if (value === 'revocation' || value === 'error') return { type: value };
  const object = asObject(value, path, { required: ['certificate', 'uri', 'limit'] });
  return {
    type: 'issuance',
    certificateDer: asBase64(object.get('certificate'), `${path}.certificate`),
    uri: asText(object.get('uri'), `${path}.uri`),
    limit: resourceLimit(object.get('limit'), `${path}.limit`),
  };
}

const mapJson = <T>(map: ReadonlyMap<string, T>, json: (value: T) => Plain): JsonValue =>
  new Map([...map].map(([key, value]) => [key, toJson(json(value))]));

function childJson(child: ProxyChild): JsonValue {
  return new Map<string, JsonValue>([
    ['id', identityJson(child.identity)],
    ['resources', toJson(resourcesJson(child.resources))],
    ['leaving', child.leaving],
    ['used_keys', mapJson(child.usedKeys, (use) => (use === 'revoked' ? 'revoked' : { in_use: 'default' }))],
    ['open_requests', mapJson(child.openRequests, childRequestJson)],
    ['open_responses', mapJson(child.openResponses, childResponseJson)],
    ['last_contact', child.lastContactAt],
    ['last_signed', child.lastSignedAt],
    ['last_digests', [...child.lastDigests]],
  ]);
}

const CHILD = [
  ...['id', 'resources', 'leaving', 'used_keys', 'open_requests', 'open_responses'],
  ...['last_contact', 'last_signed', 'last_digests'],
];

function readChild(name: string, value: JsonValue, path: string): ProxyChild {
  const object = asObject(value, path, { required: CHILD });
  return {
    handle: handle(name, path),
    identity: identity(object.get('id'), `${path}.id`),
    resources: resourceSet(object.get('resources'), `${path}.resources`),
    leaving: asFlag(object.get('leaving'), `${path}.leaving`),
    usedKeys: byKey(object.get('used_keys'), `${path}.used_keys`, (use) =>
      use === 'revoked' ? 'revoked' : 'in-use',
    ),
    openRequests: byKey(object.get('open_requests'), `${path}.open_requests`, readChildRequest),
    openResponses: byKey(object.get('open_responses'), `${path}.open_responses`, readChildResponse),
    lastContactAt: asOptional(object.get('last_contact'), `${path}.last_contact`, instantText),
    lastSignedAt: asOptional(object.get('last_signed'), `${path}.last_signed`, instantText),
    lastDigests: asArray(object.get('last_digests'), `${path}.last_digests`).map(([item, at]) =>
      asText(item, at),
    ),
  };
}

function readOpen(value: JsonValue, path: string): OpenRequest {
  const object = asObject(value, path, { required: ['nonce', 'made_at', 'good_until', 'file'] });
  return {
    nonce: asText(object.get('nonce'), `${path}.nonce`),
    madeAt: instantText(object.get('made_at'), `${path}.made_at`),
    goodUntil: instantText(object.get('good_until'), `${path}.good_until`),
    file: asBase64(object.get('file'), `${path}.file`),
  };
}

function withdrawnJson({ nonce, at, goodUntil, asked }: Withdrawn): JsonValue {
  return new Map<string, JsonValue>([
    ['nonce', nonce],
    ['at', at],
    ['good_until', goodUntil],
    ['asked', new Map([...asked].map(([name, keys]) => [name, [...keys]]))],
  ]);
}

/** What was withdrawn before its wishes were kept has none. */
function readWithdrawn(value: JsonValue, path: string): Withdrawn {
  const one = asObject(value, path, { required: ['nonce', 'at'], optional: ['good_until', 'asked'] });
  const at = instantText(one.get('at'), `${path}.at`);
  return {
    nonce: asText(one.get('nonce'), `${path}.nonce`),
    at,
    goodUntil: one.has('good_until') ? instantText(one.get('good_until'), `${path}.good_until`) : at,
    asked: new Map(
      (one.has('asked') ? asMap(one.get('asked'), `${path}.asked`) : []).map(([name, keys, here]) => [
        handle(name, here),
        asArray(keys, here).map(([key, there]) => keyIdentifier(asText(key, there), there)),
      ]),
    ),
  };
}

/** The text the store keeps. */
export function proxyText(state: ProxyState): string {
  const { open, published } = state;
  return writeJson(
    new Map<string, JsonValue>([
      ['id', identityJson(state.identity)],
      ['timing', timingJson(state.timing)],
      ['repository', state.repository === null ? null : repositoryJson(state.repository)],
      ['signer', state.signer === null ? null : associatedJson(state.signer)],
      ['child_details', new Map([...state.children].map(([name, child]) => [name, childJson(child)]))],
      [
        'open_signer_request',
        open === null
          ? null
          : toJson({
              nonce: open.nonce,
              made_at: open.madeAt,
              good_until: open.goodUntil,
              file: base64(open.file),
            }),
      ],
      ['cancelled', state.cancelled.map(withdrawnJson)],
      ['revoking', [...state.revoking]],
      ['shown', state.shown === null ? null : String(state.shown)],
      ...(state.unseen === undefined ? [] : [['unseen', String(state.unseen)] as const]),
      ['published', published === null ? null : toJson({ ...published })],
      ['out', new Map(state.out)],
    ]),
  );
}

/** Reads what `proxyText` wrote. Throws JsonError. */
export function readProxyState(text: string): ProxyState {
  const object = asObject(readJson(Buffer.from(text, 'utf8')), '', {
    required: [
      ...['id', 'timing', 'repository', 'signer', 'child_details', 'open_signer_request'],
      ...['cancelled', 'published'],
    ],
    // What was written before there were any has none.
    optional: ['revoking', 'shown', 'unseen', 'out'],
  });
  const children = new Map<string, ProxyChild>();
  for (const [name, value, path] of asMap(object.get('child_details'), 'child_details')) {
    if (children.has(name)) throw new JsonError('a child stands twice', path);
    children.set(name, readChild(name, value, path));
  }
  return {
    identity: identity(object.get('id'), 'id'),
    timing: readTiming(object.get('timing')),
    repository: asOptional(object.get('repository'), 'repository', readRepository),
    signer: asOptional(object.get('signer'), 'signer', readAssociated),
    children,
    open: asOptional(object.get('open_signer_request'), 'open_signer_request', readOpen),
    cancelled: asArray(object.get('cancelled'), 'cancelled').map(([item, at]) => readWithdrawn(item, at)),
    revoking: (object.has('revoking') ? asArray(object.get('revoking'), 'revoking') : []).map(([item, at]) =>
      keyIdentifier(asText(item, at), at),
    ),
    shown: asOptional(object.get('shown') ?? null, 'shown', (value, path) => BigInt(asText(value, path))),
    ...(object.has('unseen') ? { unseen: BigInt(asText(object.get('unseen'), 'unseen')) } : {}),
    published: asOptional(object.get('published'), 'published', (value, path) => {
      // "refused" stands where it was written before it was known what is out.
      const one = asObject(value, path, { required: ['at', 'number'], optional: ['refused'] });
      return { at: instantText(one.get('at'), path), number: asText(one.get('number'), path) };
    }),
    out: new Map(
      (object.has('out') ? asMap(object.get('out'), 'out') : []).map(([base, digest, path]) => [
        base,
        asText(digest, path),
      ]),
    ),
  };
}
