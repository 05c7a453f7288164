/** signer-info.json as far as both sides judge by it: the signer's identity and what its trust anchor is (krill-ta.md 4.5). */
import { JsonError, type JsonValue } from '../lib/json-reader.ts';
import { asBase64, asObject, asText } from '../lib/json-shape.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import { keyIdentifier, readIdentity, resourceSet } from './documents.ts';

export interface SignerInfo {
  /** SubjectPublicKeyInfo of the signer's identity. */
  identitySpki: Uint8Array;
  taKeyId: string;
  taCertificateDer: Uint8Array;
  resources: ResourceSet;
  baseUri: string;
  /** Where the TA certificate is, by rsync. */
  talRsync: string;
  /** The objects as they were at that time. */
  objects: JsonValue;
}

/** Throws JsonError. */
export function readSignerInfo(value: JsonValue): SignerInfo {
  const outer = asObject(value, '', { required: ['id', 'objects', 'ta_cert_details'], open: true });
  const details = asObject(outer.get('ta_cert_details'), 'ta_cert_details', { required: ['cert', 'tal'] });
  const tal = asObject(details.get('tal'), 'ta_cert_details.tal', { required: ['rsync_uri'], open: true });
  const path = 'ta_cert_details.cert';
  const cert = asObject(details.get('cert'), path, { required: ['base64', 'resources'], open: true });
  const objects = asObject(outer.get('objects'), 'objects', {
    required: ['key_identifier', 'base_uri', 'revision'],
    open: true,
  });
  const baseUri = asText(objects.get('base_uri'), 'objects.base_uri');
  if (!baseUri.endsWith('/')) throw new JsonError('it is no folder', 'objects.base_uri');
  return {
    identitySpki: readIdentity(outer.get('id'), 'id').spkiDer,
    taKeyId: keyIdentifier(
      asText(objects.get('key_identifier'), 'objects.key_identifier'),
      'objects.key_identifier',
    ),
    taCertificateDer: asBase64(cert.get('base64'), `${path}.base64`),
    resources: resourceSet(cert.get('resources'), `${path}.resources`),
    baseUri,
    talRsync: asText(tal.get('rsync_uri'), 'ta_cert_details.tal.rsync_uri'),
    objects,
  };
}
