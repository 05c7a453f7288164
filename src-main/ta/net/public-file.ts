/**
 * Fetches what relying parties fetch, and says in words why it could not. Fit for public files alone: whether they are
 * right shows in their signatures, which others judge.
 */
import type { ErrorCode } from '#shared/errors.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Net, Trust } from '../../ports.ts';
import { serverOfUri } from './server-of-uri.ts';

/** One thing looked at. `ok` null: it could not be looked at, which says nothing against it. */
export interface Finding {
  uri: string;
  ok: boolean | null;
  /** One sentence. */
  text: string;
  /** The certificate that the server showed where it was not believed: upper-case hex. */
  shown?: { server: string; sha256: string };
}

export interface PublicFiles {
  net: Net;
  /** Whom to believe at a URI: the public authorities, or a pinned server. */
  trustOf(uri: string): Trust;
  /** Gives up everything. */
  signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;
/** They tell of the other side; the rest (locked, offline, cancelled) tells of ours and ends the check. */
const THEIRS: ReadonlySet<ErrorCode> = new Set([
  'UNREACHABLE',
  'PEER_UNTRUSTED',
  'TOO_LARGE',
  'INVALID_INPUT',
]);

function untrusted(server: string, trust: Trust, error: AppError): string {
  const compare = 'compare the fingerprint that it shows with the server’s own';
  if (trust !== 'system')
    return `${server} shows another certificate than the pinned one, so nothing was fetched: ${compare}, then pin that one.`;
  const said = error.details?.library ?? '';
  const why = /SELF_SIGNED/.test(said) ? 'it is self-signed' : said;
  return `No authority that is trusted here vouches for the certificate of ${server}${why === '' ? '' : ` (${why})`}, so nothing was fetched: ${compare}, then pin it here.`;
}

/** The bytes behind an https URI, or the finding in their place. Throws AppError when our side may not ask. */
export async function fetchPublic(
  { net, trustOf, signal }: PublicFiles,
  uri: string,
  maxBytes: number,
): Promise<Uint8Array | Finding> {
  try {
    const { status, body } = await net.request({
      method: 'GET',
      url: uri,
      trust: trustOf(uri),
      timeoutMs: TIMEOUT_MS,
      maxBytes,
      ...(signal === undefined ? {} : { signal }),
    });
    if (status === 200) return body;
    const text =
      status === 404
        ? 'There is no such file on the server: put it there, or mend the address.'
        : `The server answers with HTTP status ${status} instead of the file: look at its configuration.`;
    return { uri, ok: false, text };
  } catch (error) {
    if (!(error instanceof AppError) || !THEIRS.has(error.code)) throw error;
    const server = serverOfUri(uri);
    const sha256 = error.details?.fingerprint;
    if (error.code === 'PEER_UNTRUSTED' && server !== null && sha256 !== undefined)
      return { uri, ok: false, text: untrusted(server, trustOf(uri), error), shown: { server, sha256 } };
    return { uri, ok: false, text: error.message };
  }
}

export function isFinding(found: Uint8Array | Finding): found is Finding {
  return !(found instanceof Uint8Array);
}
