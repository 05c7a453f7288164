/** The files of a trust anchor told apart by their content, and what each is in words. What is in them is for others to judge. */
import { equalBytes } from '../lib/bytes.ts';
import { JsonError, type JsonValue, signsOf } from '../lib/json-reader.ts';
import { readJsonOnce } from '../lib/read-json-once.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { EXTENSION } from '../x509/oids.ts';
import { X509Error } from '../x509/x509-error.ts';
import { RpkiError } from './rpki-error.ts';
import { type SetupKind, setupKind } from './setup-xml.ts';
import { readTal } from './tal.ts';
import { looksLikeXml, readXml } from './xml.ts';

export type TaFileKind =
  | 'proxy-id'
  | 'proxy-repo'
  | 'signer-info'
  | 'request'
  | 'response'
  | 'tal'
  | 'ta-certificate'
  | 'child-info'
  | SetupKind
  | 'unknown';

const SAYS: Record<TaFileKind, string> = {
  'proxy-id': 'the identity of a proxy or signer (proxy-id.json)',
  'proxy-repo': 'the repository of a proxy (proxy-repo.json)',
  'signer-info': 'what a signer is and has published (signer-info.json)',
  request: 'a request of a proxy to its signer (request.json)',
  response: 'a response of a signer to its proxy (response.json)',
  tal: 'a trust anchor locator (ta.tal)',
  'ta-certificate': 'the certificate of a trust anchor (ta.cer)',
  'child-info': 'what a child says of itself (online.json)',
  'child-request': 'a request of a child to its parent (child-req.xml)',
  'parent-response': 'the answer of a parent to its child (res.xml)',
  'publisher-request': 'a request to a publication server (pub-req.xml)',
  'repository-response': 'the answer of a publication server (repo-res.xml)',
  unknown: 'no file of a trust anchor',
};

/** "a request of a proxy to its signer (request.json)". */
export const fileWords = (kind: TaFileKind): string => SAYS[kind];

function jsonKind(value: JsonValue): TaFileKind {
  if (!(value instanceof Map)) return 'unknown';
  if (value.has('signed'))
    return value.has('request') ? 'request' : value.has('response') ? 'response' : 'unknown';
  if (value.has('ta_cert_details')) return 'signer-info';
  if (value.has('repo_info') && value.has('server_info')) return 'proxy-repo';
  if (value.has('public_key') && value.has('base64')) return 'proxy-id';
  if (!value.has('id_cert')) return 'unknown';
  if (value.has('handle')) return 'child-info';
  if (value.has('parent_handle')) return 'parent-response';
  if (value.has('child_handle')) return 'child-request';
  if (!value.has('publisher_handle')) return 'unknown';
  return value.has('repo_info') ? 'repository-response' : 'publisher-request';
}

/** A certificate that issued itself and holds resources. */
function isTaCertificate(der: Uint8Array): boolean {
  try {
    const { issuer, subject, extensions } = parseCertificate(der);
    const holdsResources = extensions.some(
      ({ oid }) => oid === EXTENSION.ipAddressBlocks || oid === EXTENSION.asIdentifiers,
    );
    return equalBytes(issuer.raw, subject.raw) && holdsResources;
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return false;
  }
}

/** What a reader makes of the bytes; null when it refuses them. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JsonError || error instanceof RpkiError)) throw error;
    return null;
  }
}

/** What the bytes are. Never throws. */
export function recogniseFile(bytes: Uint8Array): TaFileKind {
  if (bytes[0] === 0x30) return isTaCertificate(bytes) ? 'ta-certificate' : 'unknown';
  if (looksLikeXml(bytes)) return attempt(() => setupKind(readXml(bytes))) ?? 'unknown';
  // Each of them is an object: what begins otherwise is not read through to learn that it is none.
  if (signsOf(bytes).first === '{') return attempt(() => jsonKind(readJsonOnce(bytes).value)) ?? 'unknown';
  return attempt(() => readTal(bytes)) === null ? 'unknown' : 'tal';
}
