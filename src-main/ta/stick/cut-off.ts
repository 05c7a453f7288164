/** Whether a file that cannot be recognised is one of ours that was cut off on its way, and where it ends. */
import { JsonError, readJson } from '../../lib/json-reader.ts';
import { looksLikeXml } from '../../rpki/xml.ts';

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

/** A sentence's end that begins with "is" or "ends"; null: it does not look cut off. */
export function cutOff(bytes: Uint8Array): string | null {
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
  const text = Buffer.from(bytes).toString('utf8').trim();
  if (looksLikeXml(bytes)) {
    const root = /<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(text.replace(/^\ufeff?<\?xml[^>]*\?>/, ''))?.[1] ?? '';
    const end = /<\/(?:[\w.-]+:)?([\w.-]+)\s*>$/.exec(text)?.[1] ?? '';
    return root !== '' && end !== root ? `ends before </${root}>: it was cut off while it was copied` : null;
  }
  if (!text.startsWith('{') || text.endsWith('}')) return null;
  try {
    readJson(bytes);
    return null;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const place = error.path === '' ? '' : ` in ${error.path}`;
    return `ends${place} after ${bytes.length} octets: it was cut off while it was copied`;
  }
}
