/** A file that cannot be recognised: whether it was cut off or damaged on its way, and where. */
import { JsonError, readJson, signsOf } from '../lib/json-reader.ts';
import { fileWords, recogniseFile } from './exchange-file.ts';
import { RpkiError } from './rpki-error.ts';
import { looksLikeXml, readXml } from './xml.ts';

/** A place in JSON as far as it helps to find it: lists in lists in lists say nothing more. */
export const shortPlace = (path: string): string =>
  path.replaceAll(/(\[\d+\])(?:\[\d+\]){3,}/g, '$1…').slice(0, 100);

const MOST_ELEMENTS = 2_000_000;

/** How much of the file a DER value's head announces (X.690 8.1.3); null: it announces nothing. */
function announced(bytes: Uint8Array): number | null {
  const first = bytes[1];
  if (first === undefined) return null;
  if (first < 0x80) return 2 + first;
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4 || bytes.length < 2 + octets) return null;
  return bytes.subarray(2, 2 + octets).reduce((sum, octet) => sum * 256 + octet, 0) + 2 + octets;
}

function zeroTail(bytes: Uint8Array): number {
  let at = bytes.length;
  while (at > 0 && bytes[at - 1] === 0) at -= 1;
  return bytes.length - at;
}

/** Why it is no JSON; null: it is. */
function jsonFault(bytes: Uint8Array): JsonError | null {
  try {
    readJson(bytes);
    return null;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return error;
  }
}

/** A sentence's end that begins with "is" or "ends"; null: it does not look cut off. `fault`: what reading it as JSON says. */
export function cutOff(bytes: Uint8Array, fault = () => jsonFault(bytes)): string | null {
  if (bytes.length === 0) return 'is empty: it was not copied';
  const zeros = zeroTail(bytes);
  if (zeros === bytes.length) return 'holds nothing but zeros: its content was not copied';
  // A stick that is pulled out too early has the file's length and not its content.
  if (zeros > 0 && bytes[0] !== 0x30)
    return `ends in ${zeros} zero octets: the stick was pulled out before all of it was written`;
  if (bytes[0] === 0x30) {
    const whole = announced(bytes);
    return whole !== null && whole > bytes.length
      ? `ends after ${bytes.length} of ${whole} octets: it was cut off while it was copied`
      : null;
  }
  if (looksLikeXml(bytes)) {
    const text = Buffer.from(bytes).toString('utf8').trim();
    const root = /<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(text.replace(/^\ufeff?<\?xml[^>]*\?>/, ''))?.[1] ?? '';
    // An element that is closed where it begins is all there is.
    if (/^<[^<>]*\/>$/.test(text.replace(/^\ufeff?<\?xml[^>]*\?>\s*/, ''))) return null;
    const end = /<\/(?:[\w.-]+:)?([\w.-]+)\s*>$/.exec(text)?.[1] ?? '';
    return root !== '' && end !== root ? `ends before </${root}>: it was cut off while it was copied` : null;
  }
  const { first, last } = signsOf(bytes);
  if (first !== '{' || last === '}') return null;
  const error = fault();
  if (error === null) return null;
  const place = error.path === '' ? '' : ` in ${shortPlace(error.path)}`;
  return `ends${place} after ${bytes.length} octets: it was cut off while it was copied`;
}

/** Why something that begins as JSON or XML does cannot be read, with its place; null: it can, or it is neither. */
export function unreadableAt(bytes: Uint8Array, fault = () => jsonFault(bytes)): string | null {
  const whole = (message: string): string => message.replace(/\.$/, '');
  if (looksLikeXml(bytes))
    try {
      readXml(bytes, { bytes: bytes.length, elements: MOST_ELEMENTS });
      return null;
    } catch (error) {
      if (!(error instanceof RpkiError)) throw error;
      return whole(error.message);
    }
  const error = ['{', '['].includes(signsOf(bytes).first) ? fault() : null;
  if (error === null) return null;
  return `${error.path === '' ? '' : `${shortPlace(error.path)}: `}${whole(error.message)}`;
}

/** How text that is none in plain UTF-8 is written; null: it is no such text. Programs that save a file anew write so. */
function encodingOf(bytes: Uint8Array): string | null {
  const [first, second, third, fourth] = bytes;
  const starts = (sign: number | undefined): boolean =>
    sign !== undefined && '{[<'.includes(String.fromCharCode(sign));
  if (first === 0xff && second === 0xfe) return 'in UTF-16';
  if (first === 0xfe && second === 0xff) return 'in UTF-16';
  if (second === 0 && starts(first)) return 'in UTF-16';
  if (first === 0 && starts(second)) return 'in UTF-16';
  return first === 0xef && second === 0xbb && third === 0xbf && starts(fourth)
    ? 'with a byte order mark'
    : null;
}

/** "damaged: it ends in …" or "damaged: …"; null: it is none that can be told to be. */
export function damageWords(bytes: Uint8Array): string | null {
  const encoding = encodingOf(bytes);
  if (encoding !== null)
    return `damaged: another program saved it anew, ${encoding}: copy it again from where it was made`;
  // A large file is read through once for both.
  let read: { error: JsonError | null } | null = null;
  const fault = (): JsonError | null => (read ??= { error: jsonFault(bytes) }).error;
  const cut = cutOff(bytes, fault);
  if (cut !== null) return `damaged: it ${cut}`;
  const place = unreadableAt(bytes, fault);
  return place === null ? null : `damaged: ${place}`;
}

/** `kind`: what it was recognised as. "a request of a proxy to its signer (request.json)", "damaged: it ends in …", "no file of a trust anchor". */
export function whatFileIs(bytes: Uint8Array, kind = recogniseFile(bytes)): string {
  return kind === 'unknown' ? (damageWords(bytes) ?? fileWords(kind)) : fileWords(kind);
}
