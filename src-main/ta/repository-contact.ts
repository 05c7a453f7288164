/** proxy-repo.json: where a proxy publishes (krill-ta.md 4.2). */
import { sha256Hex } from '../lib/bytes.ts';
import { JsonError, type JsonValue } from '../lib/json-reader.ts';
import { asBase64, asObject, asText, type Plain } from '../lib/json-shape.ts';

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

/** proxy-repo.json. */
export function repositoryContactJson(contact: RepositoryContact): Plain {
  return {
    repo_info: { sia_base: contact.base, rrdp_notification_uri: contact.notify },
    server_info: {
      public_key: Buffer.from(contact.serverSpki).toString('base64'),
      service_uri: contact.serviceUri,
    },
  };
}

/** SHA-256 of what it says, however the file is written. */
export function contactSha256(contact: RepositoryContact): string {
  return sha256Hex(Buffer.from(JSON.stringify(repositoryContactJson(contact)), 'utf8'));
}
