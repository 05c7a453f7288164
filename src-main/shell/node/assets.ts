/**
 * What lives under APP_ORIGIN, for both shells: the files of the built renderer and one-time blobs. A request is
 * answered with bytes and headers or refused; nothing here knows how a shell carries them.
 */
import { APP_ORIGIN, BLOB_PATH } from '#shared/bridge.ts';
import { CONTENT_SECURITY_POLICY } from '#shared/csp.ts';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Caller, Dispatch } from '../../ipc/dispatch.ts';
import { StartError } from './start-error.ts';

export interface AssetAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export type Assets = (request: { method: string; url: string; caller: Caller }) => Promise<AssetAnswer>;

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** Sent with every answer, refusals included. */
export const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cache-control': 'no-store',
};

function answer(
  status: number,
  mediaType: string,
  body: Buffer,
  more: Record<string, string> = {},
): AssetAnswer {
  return { status, headers: { ...SECURITY_HEADERS, 'content-type': mediaType, ...more }, body };
}

function refusal(status: number, sentence: string): AssetAnswer {
  return answer(status, 'text/plain; charset=utf-8', Buffer.from(sentence));
}

/** Every file below `folder` as the path a URL would name. Symbolic links are left out. */
function filesBelow(folder: string, prefix = '/'): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      for (const [inner, file] of filesBelow(path, `${prefix}${entry.name}/`)) files.set(inner, file);
    else if (entry.isFile()) files.set(`${prefix}${entry.name}`, path);
  }
  return files;
}

function listFiles(folder: string): Map<string, string> {
  try {
    const files = filesBelow(folder);
    if (files.has('/index.html')) return files;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  throw new StartError(`The screens are missing in ${folder}. Build them with: npm run build`);
}

function pathOf(url: URL): string | null {
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    // Broken percent-encoding names no file.
    return null;
  }
}

/** Lists the renderer's files once; throws StartError when it was not built. */
export function createAssets(deps: { folder: string; dispatch: Dispatch }): Assets {
  // SECURITY: a request can only name what is in this list, so no path can lead out of the folder.
  const files = listFiles(deps.folder);

  async function blob(id: string, caller: Caller): Promise<AssetAnswer> {
    const reply = await deps.dispatch('blob.get', { blob: id }, caller);
    if (!reply.ok) return refusal(reply.error.code === 'FORBIDDEN' ? 403 : 404, reply.error.message);
    const { bytes } = reply.value as { bytes: Uint8Array };
    // SECURITY: whatever the bytes are, the window never renders them.
    return answer(
      200,
      'application/octet-stream',
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      {
        'content-disposition': 'attachment',
      },
    );
  }

  return async ({ method, url, caller }) => {
    const parsed = new URL(url);
    if (parsed.origin !== APP_ORIGIN) return refusal(403, 'Not a page of Baleen.');
    if (method !== 'GET') return refusal(405, 'Only GET is answered here.');
    const path = pathOf(parsed);
    if (path?.startsWith(BLOB_PATH) === true) return blob(path.slice(BLOB_PATH.length), caller);
    const file = files.get(path === '/' ? '/index.html' : (path ?? ''));
    if (file === undefined) return refusal(404, 'There is no such file.');
    // A file that was listed and is gone or not readable has an answer too: a page that gets none waits for it for ever.
    const bytes = await readFile(file).catch(() => null);
    if (bytes === null) return refusal(404, 'The file was there at the start and cannot be read now.');
    return answer(200, MEDIA_TYPES[extname(file)] ?? 'application/octet-stream', bytes);
  };
}
