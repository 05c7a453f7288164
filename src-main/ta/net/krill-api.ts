/**
 * Client of a real Krill's trust anchor proxy (krill-ta.md 8.2): one function, one call, documents as the bytes that a
 * file would hold. It keeps nothing and tries nothing twice.
 */
import { AppError } from '../../lib/app-error.ts';
import { JsonError, readJson } from '../../lib/json-reader.ts';
import { asObject, asText } from '../../lib/json-shape.ts';
import type { Net, NetRequest, Trust } from '../../ports.ts';
import { checkJsonBody, checkXmlBody, POST_LIMIT_BYTES, postSize } from './krill-body.ts';
import { krillRefusal } from './krill-errors.ts';

export interface KrillServer {
  /** `https://host:port/` or `unix:///run/krill/krill.sock`. */
  server: string;
  /** SECURITY: a secret that stands in no log, error or argument of a program. null: a UNIX socket needs none. */
  token: string | null;
  /** For https; a Krill's own certificate is signed by nobody else and is pinned. */
  trust: Trust;
  /** `post_limit_api` of its krill.conf, in octets. */
  postLimitBytes?: number;
  /** Gives up every call. */
  signal?: AbortSignal;
}

/** Every function throws AppError: PEER_REFUSED (subject: Krill's label), INVALID_INPUT, TOO_LARGE, or those of the Net port. */
export interface KrillApi {
  /** It answers; says nothing of the token. */
  health(): Promise<void>;
  /** "0.16.1". */
  version(): Promise<string>;
  /** The token is taken. */
  authorized(): Promise<void>;
  /** Makes the proxy's identity. */
  initProxy(): Promise<void>;
  /** proxy-id.json. */
  proxyId(): Promise<Uint8Array>;
  /** proxy-repo.json. */
  repositoryContact(): Promise<Uint8Array>;
  /** RFC 8183 publisher request. */
  publisherRequestXml(): Promise<Uint8Array>;
  /** RFC 8183 repository response. Krill never lets it be changed afterwards. */
  configureRepository(xml: Uint8Array): Promise<void>;
  /** signer-info.json. */
  addSigner(info: Uint8Array): Promise<void>;
  /** signer-info.json of the same trust anchor key. */
  updateSigner(info: Uint8Array): Promise<void>;
  /** Opens a request; answers request.json. */
  makeRequest(): Promise<Uint8Array>;
  /** The open request, signed anew: request.json. */
  showRequest(): Promise<Uint8Array>;
  /** response.json. */
  sendResponse(response: Uint8Array): Promise<void>;
  /** `AddChildRequest` (krill-ta.md 4.9); answers the parent response as Krill's JSON. */
  addChild(child: Uint8Array): Promise<Uint8Array>;
  /** RFC 8183 parent response. */
  parentResponseXml(child: string): Promise<Uint8Array>;
}

const PROXY = '/api/v1/ta/proxy';
/** A request of 5,000 children has 19 MB. */
const MOST_BYTES = 64 * 1_048_576;
const TIMEOUT_MS = 60_000;

/** Base of every URL, without its slash. Throws AppError INVALID_INPUT. */
function baseOf({ server, token }: KrillServer): string {
  const url = URL.parse(server);
  if (url === null || !/^(?:https?|unix):$/.test(url.protocol))
    throw new AppError(
      'INVALID_INPUT',
      'The address of a Krill is https://host:port/ or unix:///run/krill/krill.sock.',
    );
  if (token !== null && !/^[\x21-\x7e]+$/.test(token))
    throw new AppError('INVALID_INPUT', 'The token holds signs that no token has: copy it anew.');
  if (url.protocol === 'unix:') return server;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new AppError(
      'INVALID_INPUT',
      'The address of a Krill ends after host and port: https://host:port/.',
    );
  return server.replace(/\/$/, '');
}

function requestTo(server: KrillServer): (method: 'GET' | 'POST', path: string) => NetRequest {
  const base = baseOf(server);
  const { token, trust, signal } = server;
  const socket = base.startsWith('unix:');
  return (method, path) => ({
    method,
    ...(socket ? { url: base, path } : { url: base + path }),
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    trust,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MOST_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The client of one server; nothing is asked yet. Throws AppError INVALID_INPUT for an address or token that cannot be. */
export function createKrillApi(net: Net, server: KrillServer): KrillApi {
  const request = requestTo(server);

  async function ask(asked: NetRequest): Promise<Uint8Array> {
    const answer = await net.request(asked);
    if (answer.status !== 200) throw krillRefusal(answer);
    return answer.body;
  }

  const get = (path: string): Promise<Uint8Array> => ask(request('GET', path));
  /** No body at all: Krill refuses an empty one of a known type. */
  const post = (path: string): Promise<Uint8Array> => ask(request('POST', path));

  async function send(path: string, type: 'json' | 'xml', body: Uint8Array): Promise<Uint8Array> {
    const size = postSize(body.length, server.postLimitBytes ?? POST_LIMIT_BYTES);
    if (size.verdict === 'over') throw new AppError('TOO_LARGE', size.text);
    if (type === 'json') checkJsonBody(body);
    else checkXmlBody(body);
    const asked = request('POST', path);
    return ask({ ...asked, headers: { ...asked.headers, 'content-type': `application/${type}` }, body });
  }

  async function sent(path: string, type: 'json' | 'xml', body: Uint8Array): Promise<void> {
    await send(path, type, body);
  }

  return {
    health: async () => void (await get('/health')),
    version: async () => versionIn(await get('/stats/info')),
    authorized: async () => void (await get('/api/v1/authorized')),
    initProxy: async () => void (await post(`${PROXY}/init`)),
    proxyId: () => get(`${PROXY}/id`),
    repositoryContact: () => get(`${PROXY}/repo`),
    publisherRequestXml: () => get(`${PROXY}/repo/request.xml`),
    configureRepository: (xml) => sent(`${PROXY}/repo`, 'xml', xml),
    addSigner: (info) => sent(`${PROXY}/signer/add`, 'json', info),
    updateSigner: (info) => sent(`${PROXY}/signer/update`, 'json', info),
    makeRequest: () => post(`${PROXY}/signer/request`),
    showRequest: () => get(`${PROXY}/signer/request`),
    sendResponse: (response) => sent(`${PROXY}/signer/response`, 'json', response),
    addChild: (child) => send(`${PROXY}/children`, 'json', child),
    parentResponseXml: (child) => get(`${PROXY}/children/${encodeURIComponent(child)}/parent_response.xml`),
  };
}

function versionIn(body: Uint8Array): string {
  try {
    const info = asObject(readJson(body), '', { required: ['version'], open: true });
    return asText(info.get('version'), 'version').slice(0, 40);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new AppError(
      'PEER_REFUSED',
      'The server does not answer as a Krill does: look whether the address is right.',
    );
  }
}
