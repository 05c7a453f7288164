/**
 * krillta's data directory read whole (krill-ta.md 4.12): its commands replayed to the present state, every exchange, the
 * keys in its files, the places of those on devices. It takes bytes by path and touches no disk.
 */
import { JsonError, type JsonObject, type JsonValue, readJson, writeJson } from '../../lib/json-reader.ts';
import { asBase64, asMap, asObject, asText } from '../../lib/json-shape.ts';
import { readIdentity } from '../documents.ts';
import { instantText, readObjects } from '../objects.ts';
import { inFile, type KrillEffect, replayCommands } from './krill-commands.ts';
import { type DeviceKeyPlace, readKrillSigners } from './krill-signers.ts';
import { DEFAULT_TIMING, identityOf, readDetails, type TrustAnchor } from './trust-anchor.ts';

export interface StoredExchange {
  at: string;
  nonce: string;
  /** As krillta prints them: message and clear text. */
  request: Uint8Array;
  response: Uint8Array;
}

/** What krillta's history has beside its exchanges. */
export type StoredEvent = { at: string } & (
  | { kind: 'reissued'; before: TrustAnchor; after: TrustAnchor }
  /** A command that krillta refused, by its name; `request`: the one it was about, as krillta prints it. */
  | { kind: 'refused'; command: string; why: string; request: { nonce: string; bytes: Uint8Array } | null }
);

export interface KrillStore {
  anchor: TrustAnchor;
  exchanges: StoredExchange[];
  /** Oldest first. */
  events: StoredEvent[];
  /** PKCS#1, DER, by key identifier. SECURITY: the caller wipes them. */
  keys: Map<string, Uint8Array>;
  /** Of the keys that lie on a device, by key identifier. */
  places: Map<string, DeviceKeyPlace>;
}

const KEY = /(?:^|\/)keys\/([0-9A-Fa-f]{40})$/;

/** The two documents of an exchange, and when it was. */
function exchangeOf(value: JsonValue, path: string): StoredExchange {
  const object = asObject(value, path, { required: ['time', 'request', 'response'] });
  const text = (name: string): Uint8Array => Buffer.from(`${writeJson(object.get(name) ?? null)}\n`, 'utf8');
  const request = asObject(object.get('request'), `${path}.request`, { required: ['request'], open: true });
  const clear = asObject(request.get('request'), `${path}.request.request`, {
    required: ['nonce'],
    open: true,
  });
  return {
    at: instantText(object.get('time'), `${path}.time`),
    nonce: asText(clear.get('nonce'), `${path}.request.request.nonce`),
    request: text('request'),
    response: text('response'),
  };
}

/** What was refused, as far as it can be read: it changed nothing, and so stops nothing. */
function refusedEvent({ details, why, at }: KrillEffect & { kind: 'refused' }): StoredEvent {
  const [[command, value] = ['', null]] = details instanceof Map ? [...details] : [];
  const content = value instanceof Map ? value.get('request') : undefined;
  const nonce = content instanceof Map ? content.get('nonce') : undefined;
  const request =
    typeof nonce === 'string' && value instanceof Map
      ? { nonce, bytes: Buffer.from(`${writeJson(value)}\n`, 'utf8') }
      : null;
  return { kind: 'refused', at, command, why, request };
}

function replay(
  anchor: TrustAnchor,
  event: JsonValue,
  path: string,
): { anchor: TrustAnchor; exchange: StoredExchange | null } {
  const [[name, value, at] = ['', null, path]] = asMap(event, path);
  if (name === 'ProxySignerExchangeDone') {
    const done = asObject(value, at, { required: ['response'], open: true });
    const response = asObject(done.get('response'), `${at}.response`, { required: ['response'], open: true });
    const clear = asObject(response.get('response'), `${at}.response.response`, {
      required: ['objects'],
      open: true,
    });
    const objects = readObjects(clear.get('objects'), `${at}.response.response.objects`);
    return { anchor: { ...anchor, objects }, exchange: exchangeOf(value, at) };
  }
  if (name === 'SignerReissueDone') {
    const details = asObject(value, at, { required: [], open: true });
    return {
      anchor: { ...anchor, ...readDetails(details.get('ta_cert_details') ?? value, at) },
      exchange: null,
    };
  }
  throw new JsonError(`"${name}" is no event of a signer that is known here`, path);
}

function initial(effect: JsonObject, path: string): TrustAnchor {
  const init = asObject(effect.get('init'), `${path}.init`, {
    required: ['id', 'proxy_id', 'ta_cert_details', 'objects'],
    open: true,
  });
  const [own, proxy] = [
    readIdentity(init.get('id'), `${path}.init.id`),
    readIdentity(init.get('proxy_id'), `${path}.init.proxy_id`),
  ];
  return {
    identity: identityOf(own.spkiDer, own.certificateDer),
    proxy: identityOf(proxy.spkiDer, proxy.certificateDer),
    ...readDetails(init.get('ta_cert_details'), `${path}.init.ta_cert_details`),
    objects: readObjects(init.get('objects'), `${path}.init.objects`),
    timing: DEFAULT_TIMING,
  };
}

/** Reads the files of a data directory. Throws JsonError that names the file and the place. */
export function readKrillStore(files: ReadonlyMap<string, Uint8Array>): KrillStore {
  let anchor: TrustAnchor | null = null;
  const exchanges: StoredExchange[] = [];
  const events: StoredEvent[] = [];
  replayCommands(files, 'signer/ta', (one) => {
    if (one.kind === 'refused') {
      events.push(refusedEvent(one));
      return;
    }
    if (one.kind === 'init') {
      anchor = initial(one.effect, one.path);
      return;
    }
    if (anchor === null) throw new JsonError('it begins without an init', one.path);
    const before = anchor;
    const after = replay(before, one.event, one.path);
    anchor = after.anchor;
    if (after.exchange === null) events.push({ kind: 'reissued', at: one.at, before, after: anchor });
    else exchanges.push(after.exchange);
  });
  if (anchor === null)
    throw new JsonError('there is no signer/ta/command-0.json: choose the folder that storage_uri names', '');
  const keys = new Map<string, Uint8Array>();
  for (const [path, bytes] of files) {
    const id = KEY.exec(path)?.[1];
    if (id !== undefined)
      keys.set(
        id.toUpperCase(),
        inFile(path, () => asBase64(readJson(bytes), '')),
      );
  }
  return { anchor, exchanges, events, keys, places: readKrillSigners(files) };
}
