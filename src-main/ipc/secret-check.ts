/**
 * The last look at what leaves main: does it hold a private key? A second line behind the schemas, which already say what may
 * be there. It knows PKCS#8, PKCS#1, SEC1 and DSA at any place of bytes, those in base64 and hex in text, PEM armour with
 * something behind it, OpenSSH's form and JWK. It cannot know a bare number, or bytes that were made unlike themselves.
 */

const VERSIONS = [Buffer.of(0x02, 0x01, 0x00), Buffer.of(0x02, 0x01, 0x01)];
const [SEQUENCE, INTEGER, OID, OCTETS] = [0x30, 0x02, 0x06, 0x04];

/** Where the content of the DER element at `at` begins and ends; null when that is no definite length of up to 3 octets. */
function elementAt(bytes: Uint8Array, at: number): { start: number; end: number } | null {
  const first = bytes[at + 1];
  if (first === undefined || first === 0x80 || first > 0x83) return null;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  let length = octets === 0 ? first : 0;
  for (let n = 0; n < octets; n += 1) length = length * 256 + (bytes[at + 2 + n] ?? 0);
  const start = at + 2 + octets;
  return { start, end: start + length };
}

/** Whether a SEQUENCE of a believable length begins so that its content is at `at`. */
function sequenceBefore(bytes: Uint8Array, at: number): boolean {
  for (const head of [2, 3, 4, 5])
    if (bytes[at - head] === SEQUENCE && elementAt(bytes, at - head)?.start === at) return true;
  return false;
}

/** Whether the version at `at` (`02 01 00` or `02 01 01`) is that of a private key: what follows it decides. */
function versionOfKey(bytes: Uint8Array, at: number): boolean {
  if (!sequenceBefore(bytes, at)) return false;
  const next = at + 3;
  const element = elementAt(bytes, next);
  if (element === null) return false;
  const length = element.end - element.start;
  switch (bytes[next]) {
    // PKCS#8: an algorithm, then the key. In a CRL or a certificate of version 1 a name follows, in a request a name comes first.
    case SEQUENCE:
      return bytes[element.start] === OID && bytes[element.end] === OCTETS;
    // PKCS#1 and DSA: numbers, the first of them large.
    case INTEGER:
      return bytes[at + 2] === 0 && length >= 48 && bytes[element.end] === INTEGER;
    // SEC1: the number, then curve and public key or nothing.
    case OCTETS:
      return (
        bytes[at + 2] === 1 &&
        length >= 20 &&
        length <= 72 &&
        [0xa0, 0xa1, undefined].includes(bytes[element.end])
      );
    default:
      return false;
  }
}

function derKeyInside(bytes: Buffer): boolean {
  if (bytes.length < 32) return false;
  return VERSIONS.some((version) => {
    for (let at = bytes.indexOf(version, 2); at >= 0; at = bytes.indexOf(version, at + 1))
      if (versionOfKey(bytes, at)) return true;
    return false;
  });
}

/** Bytes that are one structure: its head is enough, however it goes on. */
function looksLikeKeyDer(bytes: Uint8Array): boolean {
  if (bytes.length < 32 || bytes[0] !== SEQUENCE) return false;
  const lengthOctets = bytes[1] ?? 0;
  const header = lengthOctets < 0x80 ? 2 : 2 + (lengthOctets & 0x7f);
  if (lengthOctets >= 0x90 || bytes[header] !== INTEGER || bytes[header + 1] !== 1) return false;
  const [version, next] = [bytes[header + 2], bytes[header + 3]];
  return (
    (version === 0 && (next === SEQUENCE || next === INTEGER)) ||
    (version === 1 && (next === SEQUENCE || next === OCTETS))
  );
}

const ARMOUR_END = 'PRIVATE KEY-----';
const MOST_HEADERS = 1024;
// Behind the first line: lines of a header (Proc-Type, DEK-Info), then base64. Line ends may be escaped, as in JSON.
const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}$/;
const BEHIND = /^(?:\s|\\[nr])*(?:[A-Za-z-]{1,40}:[^\n]{0,200}\n\s*){0,6}(?:\s|\\[nr])*([A-Za-z0-9+/]{16,})/;

/** Armour counts with a key's first octets behind it: the words alone may stand in a name. */
function armourInside(text: string): boolean {
  for (let at = text.indexOf(ARMOUR_END); at >= 0; at = text.indexOf(ARMOUR_END, at + 1)) {
    if (!BEGIN.test(text.slice(Math.max(0, at - 60), at))) continue;
    const from = at + ARMOUR_END.length;
    const behind = text.slice(from, from + MOST_HEADERS);
    const base64 = BEHIND.exec(behind)?.[1];
    if (base64 === undefined) continue;
    // Of old, the encrypted key is no structure, and its header says so.
    if (behind.includes('DEK-Info') || base64.startsWith('b3BlbnNzaC1rZXkt') || base64.startsWith('M'))
      return true;
  }
  return false;
}

function bytesHoldKey(given: Uint8Array): boolean {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (looksLikeKeyDer(bytes) || derKeyInside(bytes)) return true;
  // The words are looked for in the bytes; latin1 keeps one character per byte.
  return bytes.includes(ARMOUR_END, 0, 'latin1') && armourInside(bytes.toString('latin1'));
}

// The shortest key is 48 octets (Ed25519 in PKCS#8): 64 characters of base64, 96 of hex.
const BASE64_RUN = /[A-Za-z0-9+/_-]{60}(?:[A-Za-z0-9+/_-]|\s{1,2}(?=[A-Za-z0-9+/_-]))*/g;
const HEX_RUN = /[0-9a-fA-F]{2}(?:(?::|\s{1,2})?[0-9a-fA-F]{2}){45,}/g;
const SHORTEST = 60;
const JWK_KIND = /"kty"\s*:/;
const JWK_SECRET = /"d"\s*:\s*"[A-Za-z0-9_-]{20,}/;

function textHoldsKey(text: string): boolean {
  if (text.length < 32) return false;
  if (armourInside(text)) return true;
  if (text.length < SHORTEST) return false;
  for (const [run] of text.matchAll(HEX_RUN))
    if (derKeyInside(Buffer.from(run.replaceAll(/[:\s]/g, ''), 'hex'))) return true;
  for (const [run] of text.matchAll(BASE64_RUN)) {
    // Where it was cut out of more text, the first octet may begin at any of four characters.
    const flat = run.replaceAll(/\s/g, '');
    for (const skip of [0, 1, 2, 3]) if (derKeyInside(Buffer.from(flat.slice(skip), 'base64'))) return true;
  }
  return JWK_SECRET.test(text) && JWK_KIND.test(text);
}

/** A private key as RFC 7517 writes it: the kind of key, and its secret `d`. */
function isPrivateJwk(value: object): boolean {
  const { kty, d } = value as Record<string, unknown>;
  return typeof kty === 'string' && typeof d === 'string';
}

/** True when any string or byte array inside `value` is or contains a private key, or `value` has a private JWK in it. */
export function holdsPrivateKey(value: unknown): boolean {
  if (typeof value === 'string') return textHoldsKey(value);
  if (value instanceof Uint8Array) return bytesHoldKey(value);
  if (Array.isArray(value)) return value.some(holdsPrivateKey);
  if (typeof value === 'object' && value !== null)
    return isPrivateJwk(value) || Object.values(value).some(holdsPrivateKey);
  return false;
}
