/**
 * The JSON documents of a trust anchor exchange as values (krill-ta.md 4): shapes and written forms only. Whether they
 * are right is judged elsewhere.
 */
import { JsonError, type JsonObject, type JsonValue } from '../lib/json-reader.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { X509Error } from '../x509/x509-error.ts';
import { asArray, asBase64, asMap, asObject, asText } from '../lib/json-shape.ts';
import { isHandle } from '../rpki/plain-name.ts';
import type { Ranges } from '../rpki/ranges.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import { asnText, ipText, readAsn, readIp } from '../rpki/resource-text.ts';
import { RpkiError } from '../rpki/rpki-error.ts';

export type ChildRequest =
  | { type: 'issuance'; className: string; limit: Partial<ResourceSet>; csrDer: Uint8Array }
  | { type: 'revocation'; className: string; key: string };

export interface Child {
  handle: string;
  resources: ResourceSet;
  /** By key identifier, upper case. */
  requests: Map<string, ChildRequest>;
}

export interface Request {
  nonce: string;
  children: Child[];
}

/** A key identifier, upper-case hex. Throws JsonError. */
export function keyIdentifier(text: string, path: string): string {
  if (!/^[0-9A-Fa-f]{40}$/.test(text)) throw new JsonError('a key identifier has 40 hex digits', path);
  return text.toUpperCase();
}

function canonical(
  read: () => Ranges,
  print: (ranges: Ranges) => string,
  text: string,
  path: string,
): Ranges {
  try {
    const ranges = read();
    if (print(ranges) !== text) throw new JsonError('the resources are not in their canonical form', path);
    return ranges;
  } catch (error) {
    if (error instanceof RpkiError) throw new JsonError(error.message, path);
    throw error;
  }
}

function member(object: JsonObject, name: keyof ResourceSet, path: string): Ranges {
  const text = asText(object.get(name), `${path}.${name}`);
  if (name === 'asn') return canonical(() => readAsn(text), asnText, text, `${path}.asn`);
  return canonical(
    () => readIp(text, name),
    (ranges) => ipText(ranges, name),
    text,
    `${path}.${name}`,
  );
}

export function resourceSet(value: JsonValue | undefined, path: string): ResourceSet {
  const object = asObject(value, path, { required: ['asn', 'ipv4', 'ipv6'] });
  return {
    asn: member(object, 'asn', path),
    ipv4: member(object, 'ipv4', path),
    ipv6: member(object, 'ipv6', path),
  };
}

/** Members that are missing ask for everything. */
export function resourceLimit(value: JsonValue | undefined, path: string): Partial<ResourceSet> {
  const names = ['asn', 'ipv4', 'ipv6'] as const;
  const object = asObject(value, path, { required: [], optional: names });
  return Object.fromEntries(
    names.filter((name) => object.has(name)).map((name) => [name, member(object, name, path)]),
  );
}

/** The one member of an externally tagged variant. Throws JsonError. */
export function onlyMember(
  value: JsonValue,
  path: string,
  what: 'request' | 'answer',
): [name: string, value: JsonValue, path: string] {
  const [only, ...more] = asMap(value, path);
  if (only === undefined || more.length > 0) throw new JsonError(`one kind of ${what} is missing here`, path);
  return only;
}

/** One wish of a child. Throws JsonError. */
export function readChildRequest(value: JsonValue, path: string): ChildRequest {
  const [kind, inner, at] = onlyMember(value, path, 'request');
  if (kind === 'Issuance') {
    const object = asObject(inner, at, { required: ['class_name', 'limit', 'csr'] });
    return {
      type: 'issuance',
      className: asText(object.get('class_name'), `${at}.class_name`),
      limit: resourceLimit(object.get('limit'), `${at}.limit`),
      csrDer: asBase64(object.get('csr'), `${at}.csr`),
    };
  }
  if (kind !== 'Revocation') throw new JsonError(`"${kind}" is no kind of request`, path);
  const object = asObject(inner, at, { required: ['class_name', 'key'] });
  return {
    type: 'revocation',
    className: asText(object.get('class_name'), `${at}.class_name`),
    key: keyIdentifier(asText(object.get('key'), `${at}.key`), `${at}.key`),
  };
}

/** Key identifiers that differ in case only are one. */
export function byKey<T>(
  value: JsonValue | undefined,
  path: string,
  read: (item: JsonValue, path: string) => T,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const [name, item, at] of asMap(value, path)) {
    const key = keyIdentifier(name, at);
    if (found.has(key)) throw new JsonError('a key stands twice', at);
    found.set(key, read(item, at));
  }
  return found;
}

export function handle(text: string, path: string): string {
  if (!isHandle(text)) throw new JsonError('it is no handle (RFC 8183)', path);
  return text;
}

/** An opaque text (krill-ta.md 5.6), but one that can be told from others and shown: an empty one would count as seen for ever. */
function nonce(value: JsonValue | undefined, path: string): string {
  const text = asText(value, path);
  if (!/^[!-~][ -~]{0,254}$/.test(text)) throw new JsonError('a nonce has 1 to 255 visible characters', path);
  return text;
}

/** `request` of a request file, and the signed content of its message. Throws JsonError. */
export function readRequest(value: JsonValue | undefined, path: string): Request {
  const object = asObject(value, path, { required: ['nonce', 'child_requests'] });
  const seen = new Set<string>();
  const children = asArray(object.get('child_requests'), `${path}.child_requests`).map(([item, at]) => {
    const child = asObject(item, at, { required: ['child', 'resources', 'requests'] });
    const name = handle(asText(child.get('child'), `${at}.child`), `${at}.child`);
    if (seen.has(name.toLowerCase())) throw new JsonError('a child stands twice', at);
    seen.add(name.toLowerCase());
    return {
      handle: name,
      resources: resourceSet(child.get('resources'), `${at}.resources`),
      requests: byKey(child.get('requests'), `${at}.requests`, readChildRequest),
    };
  });
  return { nonce: nonce(object.get('nonce'), `${path}.nonce`), children };
}

const readBefore = new WeakMap<JsonObject, Request>();

/**
 * The same, once for each value that lives: only for one that nobody changes any more, as of a file that was read. Nobody may
 * change what comes of it either. Throws JsonError.
 */
export function requestOf(value: JsonValue): Request {
  if (!(value instanceof Map)) return readRequest(value, 'request');
  const request = readBefore.get(value) ?? readRequest(value, 'request');
  readBefore.set(value, request);
  return request;
}

/** `IdCertInfo` of a proxy or signer: key, certificate and hash must say the same. Throws JsonError. */
export function readIdentity(
  value: JsonValue | undefined,
  path: string,
): { spkiDer: Uint8Array; certificateDer: Uint8Array } {
  const object = asObject(value, path, { required: ['public_key', 'base64', 'hash'] });
  const spkiDer = asBase64(object.get('public_key'), `${path}.public_key`);
  const certificateDer = asBase64(object.get('base64'), `${path}.base64`);
  if (asText(object.get('hash'), `${path}.hash`) !== sha256Hex(certificateDer).toLowerCase())
    throw new JsonError('the hash is not that of the certificate beside it', `${path}.hash`);
  const inside = parsed(certificateDer, `${path}.base64`).spkiDer;
  if (Buffer.compare(inside, spkiDer) !== 0)
    throw new JsonError('the key is not that of the certificate beside it', `${path}.public_key`);
  return { spkiDer, certificateDer };
}

function parsed(der: Uint8Array, path: string): Certificate {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof X509Error) throw new JsonError(error.message, path);
    throw error;
  }
}
