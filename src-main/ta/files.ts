/** The files of a trust anchor told apart by their content (issue: pub-req, proxy-id, proxy-repo, signer-info, request, response, TAL). */
import { JsonError, type JsonValue, readJson } from '../lib/json-reader.ts';
import { asBase64, asObject, asText } from '../lib/json-shape.ts';
import { readTal } from '../rpki/tal.ts';
import { RpkiError } from '../rpki/rpki-error.ts';

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

export interface RepositoryContact {
  /** Ends in "/". */
  base: string;
  notify: string | null;
  serverSpki: Uint8Array;
  serviceUri: string;
}

/** proxy-repo.json (krill-ta.md 4.2), with the names older Krills wrote. Throws JsonError. */
export function readRepositoryContact(value: JsonValue): RepositoryContact {
  const outer = asObject(value, '', { required: ['repo_info', 'server_info'], open: true });
  const info = asObject(outer.get('repo_info'), 'repo_info', { required: [], open: true });
  const server = asObject(outer.get('server_info'), 'server_info', {
    required: ['public_key', 'service_uri'],
    open: true,
  });
  const base = asText(info.get('sia_base') ?? info.get('base_uri'), 'repo_info.sia_base');
  if (!/^rsync:\/\/[^/\s]+\/[^/\s]+\//.test(base) || !base.endsWith('/'))
    throw new JsonError('it is no rsync folder that ends in "/"', 'repo_info.sia_base');
  const notify = info.get('rrdp_notification_uri') ?? info.get('rpki_notify') ?? null;
  if (notify !== null && !/^https:\/\/[^/\s]+\/\S*$/.test(asText(notify, 'repo_info.rrdp_notification_uri')))
    throw new JsonError('it is no https URI', 'repo_info.rrdp_notification_uri');
  return {
    base,
    notify: notify === null ? null : asText(notify, 'repo_info.rrdp_notification_uri'),
    serverSpki: asBase64(server.get('public_key'), 'server_info.public_key'),
    serviceUri: asText(server.get('service_uri'), 'server_info.service_uri'),
  };
}
