/**
 * A connection whose other end is known before the first octet of a request: TCP, TLS or a UNIX socket. It speaks no
 * HTTP and reads nothing.
 */
import { BlockList, connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { AppError } from '../../../lib/app-error.ts';
import { sha256Hex } from '../../../lib/bytes.ts';
import type { NetRequest, Trust } from '../../../ports.ts';
import type { Deadline } from './deadline.ts';

/** How TLS is begun. */
interface Hello {
  caPem: string | null;
  /** Application protocols to offer; none for what is not HTTP. */
  alpn: string[];
  client: { certPem: string; keyPem: string } | null;
}

/** Where a request goes and what is asked there. */
export interface Target {
  kind: 'https' | 'http' | 'unix';
  /** Without brackets; the path of a UNIX socket. */
  host: string;
  port: number;
  /** For the Host header. */
  authority: string;
  /** Path and query. */
  path: string;
  /** For sentences: `host:port`, or the socket. */
  where: string;
}

const HTTP = ['http/1.1'];

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** 127.0.0.0/8 and ::1, also as an IPv4-mapped address. */
function isLoopback(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** Reads a URL. Throws AppError INVALID_INPUT with one sentence. */
export function targetOf({
  url,
  path,
  allowPlainHttp,
}: Pick<NetRequest, 'url' | 'path' | 'allowPlainHttp'>): Target {
  const parsed = URL.parse(url);
  if (parsed === null) throw new AppError('INVALID_INPUT', 'The address is no URL: mend it.');
  if (parsed.protocol === 'unix:') return unixTarget(parsed, path);
  // SECURITY: a password in a URL would end up in logs and on screens.
  if (parsed.username !== '' || parsed.password !== '')
    throw new AppError('INVALID_INPUT', 'The address must not hold a name or password: take it out.');
  const kind = parsed.protocol === 'https:' ? 'https' : 'http';
  if (kind === 'http' && parsed.protocol !== 'http:')
    throw new AppError('INVALID_INPUT', `${parsed.protocol}// cannot be asked: use https.`);
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  if (kind === 'http' && allowPlainHttp !== true && host !== 'localhost' && !isLoopback(host))
    throw new AppError(
      'INVALID_INPUT',
      `Plain http goes to this machine only: use https for ${parsed.host}.`,
    );
  const port = parsed.port === '' ? (kind === 'https' ? 443 : 80) : Number(parsed.port);
  return {
    kind,
    host,
    port,
    authority: parsed.host,
    path: parsed.pathname + parsed.search,
    where: `${parsed.hostname}:${port}`,
  };
}

function unixTarget(url: URL, path = '/'): Target {
  if (url.host !== '' || url.pathname.length < 2)
    throw new AppError(
      'INVALID_INPUT',
      'The path of a UNIX socket has three slashes: unix:///run/krill/krill.sock.',
    );
  const host = decodeURIComponent(url.pathname);
  return { kind: 'unix', host, port: 0, authority: 'localhost', path, where: `socket ${host}` };
}

/** Resolves when the socket is open; one that is not in time is destroyed. */
async function opened<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  deadline: Deadline,
): Promise<S> {
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  socket.once(event, () => resolve(socket));
  // Stays for the life of the socket: an error that nobody waits for ends no process.
  socket.on('error', reject);
  socket.once('close', () => reject(Object.assign(new Error('closed too early'), { code: 'ECONNRESET' })));
  try {
    return await deadline.wait(promise);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** TLS with whoever answers. SECURITY: nobody is believed yet; the caller looks at the certificate before it sends. */
async function unproven(
  target: Pick<Target, 'host' | 'port'>,
  { caPem, alpn, client }: Hello,
  deadline: Deadline,
): Promise<TLSSocket> {
  const socket = connectTls({
    host: target.host,
    port: target.port,
    // RFC 6066 3: an address is no server name.
    ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
    ...(caPem === null ? {} : { ca: caPem }),
    ...(client === null ? {} : { cert: client.certPem, key: client.keyPem }),
    minVersion: 'TLSv1.2',
    ...(alpn.length === 0 ? {} : { ALPNProtocols: alpn }),
    rejectUnauthorized: false,
  });
  return opened(socket, 'secureConnect', deadline);
}

function certificateOf(socket: TLSSocket): Uint8Array {
  const raw = socket.getPeerX509Certificate()?.raw;
  if (raw === undefined) throw new Error('the server showed no certificate');
  return new Uint8Array(raw);
}

/** Throws AppError PEER_UNTRUSTED with the fingerprint found. */
function believe(socket: TLSSocket, der: Uint8Array, trust: Trust, where: string): void {
  const found = sha256Hex(der);
  const refuse = (sentence: string, library = ''): never => {
    throw new AppError('PEER_UNTRUSTED', sentence, { fingerprint: found, subject: where, library });
  };
  if (typeof trust === 'object' && 'sha256' in trust) {
    if (found !== trust.sha256)
      refuse(
        `${where} shows another certificate than the pinned one, so nothing was sent: compare fingerprints on the server before you pin the new one.`,
      );
    return;
  }
  if (!socket.authorized)
    refuse(
      `No authority that is trusted here vouches for the certificate of ${where}, so nothing was sent: compare its fingerprint on the server, then pin it.`,
      // Node types it as an error; it is the code as a text.
      String(socket.authorizationError),
    );
}

/** TLS with a server that is believed; `any` believes everybody. Throws AppError PEER_UNTRUSTED, or the error of the socket. */
export async function proven(
  target: Pick<Target, 'host' | 'port' | 'where'>,
  trust: Trust | 'any',
  hello: Omit<Hello, 'caPem'>,
  deadline: Deadline,
): Promise<{ socket: TLSSocket; peer: Uint8Array }> {
  const caPem = typeof trust === 'object' && 'caPem' in trust ? trust.caPem : null;
  const socket = await unproven(target, { ...hello, caPem }, deadline);
  try {
    const peer = certificateOf(socket);
    // SECURITY: `any` is what the operator chose as "insecure"; the screen says so as long as it is.
    if (trust !== 'any') believe(socket, peer, trust, target.where);
    return { socket, peer };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** An open connection whose server is believed. Throws AppError PEER_UNTRUSTED, or the error of the socket. */
export async function connect(
  target: Target,
  { trust, allowPlainHttp }: Pick<NetRequest, 'trust' | 'allowPlainHttp'>,
  deadline: Deadline,
): Promise<{ socket: Socket; peer: Uint8Array | null }> {
  if (target.kind === 'https') {
    return proven(target, trust, { alpn: HTTP, client: null }, deadline);
  }
  const plain = connectPlain(
    target.kind === 'unix' ? { path: target.host } : { host: target.host, port: target.port },
  );
  const socket = await opened(plain, 'connect', deadline);
  // SECURITY: "localhost" is what the system's name service says it is.
  if (target.kind === 'http' && allowPlainHttp !== true && !isLoopback(socket.remoteAddress ?? '')) {
    socket.destroy();
    throw new AppError('INVALID_INPUT', `${target.where} is not this machine: use https.`);
  }
  return { socket, peer: null };
}

/** The certificate that the server shows. Nothing is sent. */
export async function look(target: Target, deadline: Deadline): Promise<Uint8Array> {
  const socket = await unproven(target, { caPem: null, alpn: HTTP, client: null }, deadline);
  try {
    return certificateOf(socket);
  } finally {
    socket.destroy();
  }
}
