/** The state of a local child as the workspace keeps it, written and read without loss. It judges nothing but the shape. */
import { JsonError, type JsonValue, readJson, writeJson } from '../../lib/json-reader.ts';
import { asArray, asBase64, asObject, asText, asWhole, type Plain, toJson } from '../../lib/json-shape.ts';
import { handle, keyIdentifier, readIdentity, resourceSet } from '../documents.ts';
import {
  certInfoJson,
  instantText,
  objectsJson,
  readCertInfo,
  readObjects,
  resourcesJson,
} from '../objects.ts';
import { identityJson, identityOf } from '../signer/trust-anchor.ts';
import {
  type ChildKey,
  type ChildParent,
  type ChildRepository,
  KEY_STATES,
  type LocalChild,
} from './local-child.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function keyJson(key: ChildKey): JsonValue {
  return new Map<string, JsonValue>([
    ['key_identifier', key.keyId],
    ['public_key', base64(key.spkiDer)],
    ['state', key.state],
    ['csr', key.csrDer === null ? null : base64(key.csrDer)],
    ['certificate', key.certificate === null ? null : toJson(certInfoJson(key.certificate))],
    ['objects', key.objects === null ? null : objectsJson(key.objects)],
    ['asked_at', key.askedAt],
    ['word', toJson(key.word)],
  ]);
}

const parentJson = (parent: ChildParent): Plain => ({
  handle: parent.handle,
  child_handle: parent.childHandle,
  service_uri: parent.serviceUri,
  id_cert: base64(parent.identityDer),
});

const repositoryJson = (repository: ChildRepository): Plain => ({
  handle: repository.handle,
  service_uri: repository.serviceUri,
  id_cert: base64(repository.identityDer),
  sia_base: repository.base,
  rrdp_notification_uri: repository.notify,
});

/** The text the store keeps. */
export function childText(child: LocalChild): string {
  const { parent, repository, entitled, contact } = child;
  return writeJson(
    new Map<string, JsonValue>([
      ['handle', child.handle],
      ['id', identityJson(child.identity)],
      ['parent', toJson(parent === null ? null : parentJson(parent))],
      ['repository', toJson(repository === null ? null : repositoryJson(repository))],
      [
        'entitled',
        toJson(
          entitled === null
            ? null
            : {
                class_name: entitled.className,
                resources: resourcesJson(entitled.resources),
                not_after: entitled.notAfter,
              },
        ),
      ],
      ['contact', toJson(contact)],
      ['trouble', toJson(child.trouble)],
      ['keys', child.keys.map(keyJson)],
    ]),
  );
}

/** `read`, unless nothing is there. */
function maybe<T>(
  value: JsonValue | undefined,
  path: string,
  read: (value: JsonValue, path: string) => T,
): T | null {
  return value === null || value === undefined ? null : read(value, path);
}

function readWord(value: JsonValue, path: string): NonNullable<ChildKey['word']> {
  const word = asObject(value, path, { required: ['status', 'text', 'at'] });
  return {
    status: maybe(word.get('status'), `${path}.status`, (item, at) => Number(asWhole(item, at))),
    text: asText(word.get('text'), `${path}.text`),
    at: instantText(word.get('at'), `${path}.at`),
  };
}

function readKey(value: JsonValue, path: string): ChildKey {
  const key = asObject(value, path, {
    required: [
      ...['key_identifier', 'public_key', 'state', 'csr', 'certificate', 'objects', 'asked_at', 'word'],
    ],
  });
  const written = asText(key.get('state'), `${path}.state`);
  const state = KEY_STATES.find((one) => one === written);
  if (state === undefined) throw new JsonError(`"${written}" is no state of a key`, `${path}.state`);
  const at = `${path}.key_identifier`;
  return {
    keyId: keyIdentifier(asText(key.get('key_identifier'), at), at),
    spkiDer: asBase64(key.get('public_key'), `${path}.public_key`),
    state,
    csrDer: maybe(key.get('csr'), `${path}.csr`, asBase64),
    certificate: maybe(key.get('certificate'), `${path}.certificate`, readCertInfo),
    objects: maybe(key.get('objects'), `${path}.objects`, readObjects),
    askedAt: maybe(key.get('asked_at'), `${path}.asked_at`, instantText),
    word: maybe(key.get('word'), `${path}.word`, readWord),
  };
}

function readParent(value: JsonValue, path: string): ChildParent {
  const parent = asObject(value, path, { required: ['handle', 'child_handle', 'service_uri', 'id_cert'] });
  return {
    handle: asText(parent.get('handle'), `${path}.handle`),
    childHandle: asText(parent.get('child_handle'), `${path}.child_handle`),
    serviceUri: asText(parent.get('service_uri'), `${path}.service_uri`),
    identityDer: asBase64(parent.get('id_cert'), `${path}.id_cert`),
  };
}

function readRepository(value: JsonValue, path: string): ChildRepository {
  const repository = asObject(value, path, {
    required: ['handle', 'service_uri', 'id_cert', 'sia_base', 'rrdp_notification_uri'],
  });
  return {
    handle: asText(repository.get('handle'), `${path}.handle`),
    serviceUri: asText(repository.get('service_uri'), `${path}.service_uri`),
    identityDer: asBase64(repository.get('id_cert'), `${path}.id_cert`),
    base: asText(repository.get('sia_base'), `${path}.sia_base`),
    notify: maybe(repository.get('rrdp_notification_uri'), `${path}.rrdp_notification_uri`, asText),
  };
}

function readTrouble(value: JsonValue, path: string): NonNullable<LocalChild['trouble']> {
  const trouble = asObject(value, path, { required: ['what', 'at', 'text'] });
  return {
    what: asText(trouble.get('what'), `${path}.what`) === 'ask' ? 'ask' : 'refresh',
    at: instantText(trouble.get('at'), `${path}.at`),
    text: asText(trouble.get('text'), `${path}.text`),
  };
}

/** Reads what `childText` wrote. Throws JsonError. */
export function readChild(text: string): LocalChild {
  const object = asObject(readJson(Buffer.from(text, 'utf8')), '', {
    required: ['handle', 'id', 'parent', 'repository', 'entitled', 'contact', 'keys'],
    // Workspaces of before know none.
    optional: ['trouble'],
  });
  const identity = readIdentity(object.get('id'), 'id');
  return {
    handle: handle(asText(object.get('handle'), 'handle'), 'handle'),
    identity: identityOf(identity.spkiDer, identity.certificateDer),
    parent: maybe(object.get('parent'), 'parent', readParent),
    repository: maybe(object.get('repository'), 'repository', readRepository),
    entitled: maybe(object.get('entitled'), 'entitled', (value, path) => {
      const entitled = asObject(value, path, { required: ['class_name', 'resources', 'not_after'] });
      return {
        className: asText(entitled.get('class_name'), `${path}.class_name`),
        resources: resourceSet(entitled.get('resources'), `${path}.resources`),
        notAfter: instantText(entitled.get('not_after'), `${path}.not_after`),
      };
    }),
    contact: maybe(object.get('contact'), 'contact', (value, path) => {
      const contact = asObject(value, path, { required: ['at', 'says'] });
      return {
        at: instantText(contact.get('at'), `${path}.at`),
        says: asText(contact.get('says'), `${path}.says`),
      };
    }),
    trouble: maybe(object.get('trouble'), 'trouble', readTrouble),
    keys: asArray(object.get('keys'), 'keys').map(([value, path]) => readKey(value, path)),
  };
}
