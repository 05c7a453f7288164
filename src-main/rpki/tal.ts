/** Trust anchor locators (RFC 8630 2.2), read from any writer, written as Krill writes them. Nothing is fetched. */
import { createPublicKey } from 'node:crypto';
import { RpkiError } from './rpki-error.ts';

export interface Tal {
  /** Lines of the comment, without their "#". */
  comment: string[];
  /** In their order: https and rsync. */
  uris: string[];
  spkiDer: Uint8Array;
}

const URI = /^(https|rsync):\/\/[^/\s]+\/\S+$/i;
const MOST_BYTES = 65_536;

function readKey(lines: readonly string[]): Uint8Array {
  const text = lines.join('').replaceAll(/\s/g, '');
  const der = Buffer.from(text, 'base64');
  if (text === '' || der.toString('base64') !== text) throw new RpkiError('The key of the TAL is no base64.');
  try {
    createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    throw new RpkiError('The key of the TAL is no public key.');
  }
  return new Uint8Array(der);
}

/** Reads a TAL with LF or CRLF. Throws RpkiError with one sentence. */
export function readTal(bytes: Uint8Array): Tal {
  if (bytes.length > MOST_BYTES) throw new RpkiError('The file is far too large for a TAL.');
  const lines = Buffer.from(bytes).toString('utf8').split(/\r?\n/);
  const first = lines.findIndex((line) => !line.startsWith('#'));
  const comment = lines.slice(0, Math.max(0, first)).map((line) => line.slice(1).trim());
  const rest = first < 0 ? [] : lines.slice(first);
  const blank = rest.findIndex((line) => line.trim() === '');
  const uris = (blank < 0 ? rest : rest.slice(0, blank)).map((line) => line.trim());
  if (uris.length === 0 || uris[0] === '') throw new RpkiError('The TAL names no URI.');
  const bad = uris.find((uri) => !URI.test(uri));
  if (bad !== undefined)
    throw new RpkiError(
      blank < 0
        ? 'The empty line between the URIs and the key of the TAL is missing.'
        : `"${bad.slice(0, 100)}" is no https or rsync URI.`,
    );
  if (blank < 0) throw new RpkiError('The TAL holds no key.');
  return { comment, uris, spkiDer: readKey(rest.slice(blank + 1)) };
}

/** URIs, an empty line, the key in lines of 64 characters, no newline at the end (krill-ta.md 4.5). */
export function writeTal({ uris, spkiDer }: Pick<Tal, 'uris' | 'spkiDer'>): string {
  const key =
    Buffer.from(spkiDer)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [...uris, '', ...key].join('\n');
}

/** What relying parties stumble over (rpki-client): other endings, different file names. Empty: nothing. */
export function talAdvice({ uris }: Pick<Tal, 'uris'>): string[] {
  const names = new Set(uris.map((uri) => uri.slice(uri.lastIndexOf('/') + 1)));
  return [
    ...(uris.every((uri) => uri.endsWith('.cer'))
      ? []
      : ['rpki-client refuses a URI that does not end in .cer.']),
    ...(names.size > 1 ? ['rpki-client refuses URIs with different file names.'] : []),
  ];
}
