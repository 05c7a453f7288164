/**
 * What a child's own screen says of it: online.json, printed by `krillc show --format json`, taken by `krillta proxy children
 * add --info` (krill-ta.md 4.9). Only its name and identity are used; the rest is the child's own business.
 */
import { sha256Hex } from '../lib/bytes.ts';
import { JsonError, writeJson } from '../lib/json-reader.ts';
import { asBase64, asObject, asText, toJson } from '../lib/json-shape.ts';
import { readIdCertificate } from './id-certificate.ts';
import { isHandle } from './plain-name.ts';
import type { ResourceSet } from './resource-set.ts';
import { asnText, ipText } from './resource-text.ts';
import { fromJson } from './setup-json.ts';
import { base64Text } from './xml-shape.ts';

export interface ChildInfo {
  handle: string;
  identityDer: Uint8Array;
}

/** Throws RpkiError. */
export function readChildInfo(bytes: Uint8Array): ChildInfo {
  return fromJson(bytes, (value) => {
    const object = asObject(value, '', { required: ['handle', 'id_cert'], open: true });
    const identity = asObject(object.get('id_cert'), 'id_cert', { required: ['base64'], open: true });
    const handle = asText(object.get('handle'), 'handle');
    if (!isHandle(handle)) throw new JsonError('it is no handle (RFC 8183)', 'handle');
    const { der } = readIdCertificate(asBase64(identity.get('base64'), 'id_cert.base64'));
    return { handle, identityDer: der };
  });
}

/** What Krill's reader asks for, all of it; `resources` are those the child has now. */
export function writeChildInfo(
  { handle, identityDer }: ChildInfo,
  resources: ResourceSet = { asn: [], ipv4: [], ipv6: [] },
): Uint8Array {
  const { spkiDer } = readIdCertificate(identityDer);
  const value = toJson({
    handle,
    id_cert: {
      public_key: base64Text(spkiDer),
      base64: base64Text(identityDer),
      hash: sha256Hex(identityDer).toLowerCase(),
    },
    repo_info: null,
    parents: [],
    resources: {
      asn: asnText(resources.asn),
      ipv4: ipText(resources.ipv4, 'ipv4'),
      ipv6: ipText(resources.ipv6, 'ipv6'),
    },
    resource_classes: {},
    children: [],
    suspended_children: [],
  });
  return new Uint8Array(Buffer.from(writeJson(value), 'utf8'));
}
