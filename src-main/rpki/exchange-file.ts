/** The files of a trust anchor told apart by their content, and what each is in words. What is in them is for others to judge. */
import { JsonError, type JsonValue, readJson } from '../lib/json-reader.ts';
import { RpkiError } from './rpki-error.ts';
import { readTal } from './tal.ts';

export type TaFileKind =
  | 'proxy-id'
  | 'proxy-repo'
  | 'signer-info'
  | 'request'
  | 'response'
  | 'tal'
  | 'unknown';

const SAYS: Record<TaFileKind, string> = {
  'proxy-id': 'the identity of a proxy or signer (proxy-id.json)',
  'proxy-repo': 'the repository of a proxy (proxy-repo.json)',
  'signer-info': 'what a signer is and has published (signer-info.json)',
  request: 'a request of a proxy to its signer (request.json)',
  response: 'a response of a signer to its proxy (response.json)',
  tal: 'a trust anchor locator (ta.tal)',
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
  return value.has('public_key') && value.has('base64') ? 'proxy-id' : 'unknown';
}

/** What the bytes are. Never throws. */
export function recogniseFile(bytes: Uint8Array): TaFileKind {
  try {
    return jsonKind(readJson(bytes));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  try {
    readTal(bytes);
    return 'tal';
  } catch (error) {
    if (!(error instanceof RpkiError)) throw error;
    return 'unknown';
  }
}
