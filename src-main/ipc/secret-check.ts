/**
 * The last look at an answer before it leaves main: does it hold a private key? A second line behind the schemas,
 * which already say what may be there; it recognises key armour in text and key structures in bytes.
 */

const ARMOUR = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;
// SEQUENCE, INTEGER 0 (PKCS#8 v1, PKCS#1) or 1 (PKCS#8 v2, SEC1), then SEQUENCE, INTEGER or OCTET STRING.
const KEY_HEAD = /^30(8[0-9A-F]|[0-7][0-9A-F])/;

function looksLikeKeyDer(bytes: Uint8Array): boolean {
  if (bytes.length < 32 || bytes[0] !== 0x30) return false;
  const lengthOctets = bytes[1] ?? 0;
  const header = lengthOctets < 0x80 ? 2 : 2 + (lengthOctets & 0x7f);
  if (!KEY_HEAD.test(Buffer.from(bytes.subarray(0, 2)).toString('hex').toUpperCase())) return false;
  const [tag, length, version, next] = [
    bytes[header],
    bytes[header + 1],
    bytes[header + 2],
    bytes[header + 3],
  ];
  if (tag !== 0x02 || length !== 1) return false;
  return (
    (version === 0 && (next === 0x30 || next === 0x02)) || (version === 1 && (next === 0x30 || next === 0x04))
  );
}

function bytesHoldKey(bytes: Uint8Array): boolean {
  // Armour may stand anywhere in a file; latin1 keeps one character per byte.
  return (
    looksLikeKeyDer(bytes) ||
    ARMOUR.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'))
  );
}

/** True when any string or byte array inside `value` is or contains a private key (PKCS#8, PKCS#1, SEC1, any PEM armour). */
export function holdsPrivateKey(value: unknown): boolean {
  if (typeof value === 'string') return ARMOUR.test(value);
  if (value instanceof Uint8Array) return bytesHoldKey(value);
  if (Array.isArray(value)) return value.some(holdsPrivateKey);
  if (typeof value === 'object' && value !== null) return Object.values(value).some(holdsPrivateKey);
  return false;
}
