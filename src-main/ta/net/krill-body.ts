/**
 * What is looked at before anything is sent to a Krill: its size against the server's limit, and every base64 in it. What it
 * means is judged elsewhere.
 */
import { stopped } from '../../lib/sentence.ts';
import { AppError } from '../../lib/app-error.ts';
import { below, JsonError, type JsonValue, readJson } from '../../lib/json-reader.ts';

/** Krill's own `post_limit_api` when krill.conf names none, in octets. */
export const POST_LIMIT_BYTES = 262_144;

/** From this share of the limit on it is said that the next message may not fit. */
const NEAR = 0.8;

export interface PostSize {
  verdict: 'fits' | 'near' | 'over';
  /** One sentence for the operator; empty when it fits. */
  text: string;
}

const octets = (count: number): string => count.toLocaleString('en-US');

/** A message of `length` octets against the server's limit. */
export function postSize(length: number, limit = POST_LIMIT_BYTES): PostSize {
  if (length <= limit * NEAR) return { verdict: 'fits', text: '' };
  const what = `The message has ${octets(length)} octets and this Krill takes ${octets(limit)}`;
  const raise = 'raise post_limit_api in its krill.conf, start it again, and set the same number here';
  return length > limit
    ? { verdict: 'over', text: `${what}: ${raise}.` }
    : { verdict: 'near', text: `${what}: it fits, but before the next ones ${raise}.` };
}

/** Members that Krill decodes from base64 (krill-ta.md 3); an object of the same name is another thing. */
const BASE64_MEMBERS = new Set([
  ...['base64', 'message', 'encoded_ski', 'id_cert'],
  ...['public_key', 'key', 'csr', 'cert', 'subject'],
]);
const ONE_FORM = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function isBase64(text: string): boolean {
  return text !== '' && ONE_FORM.test(text) && Buffer.from(text, 'base64').toString('base64') === text;
}

function checkMembers(value: JsonValue, path: string): void {
  if (Array.isArray(value)) for (const [at, item] of value.entries()) checkMembers(item, below(path, at));
  if (!(value instanceof Map)) return;
  for (const [name, item] of value) {
    const at = below(path, name);
    if (typeof item !== 'string') checkMembers(item, at);
    else if (BASE64_MEMBERS.has(name) && !isBase64(item))
      throw new JsonError('it is no base64 in its one written form', at);
  }
}

/** SECURITY: a broken base64 ends a whole Krill (krill-ta.md 15.6). Throws AppError INVALID_INPUT with the place. */
export function checkJsonBody(bytes: Uint8Array): void {
  try {
    checkMembers(readJson(bytes), '');
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const place = error.path === '' ? '' : ` at ${error.path}`;
    throw new AppError(
      'INVALID_INPUT',
      `Nothing was sent, the file is damaged${place}: ${stopped(error.message)} Have it made anew.`,
    );
  }
}

/** The same for a document of RFC 8183, whose only text is the certificate. It judges no XML. */
export function checkXmlBody(bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString('utf8');
  for (const [, content = ''] of text.matchAll(/>([^<>]*)</g)) {
    const plain = content.replaceAll(/\s/g, '');
    if (plain !== '' && !isBase64(plain))
      throw new AppError(
        'INVALID_INPUT',
        'Nothing was sent, the certificate in the XML is no base64: have the file made anew.',
      );
  }
}
