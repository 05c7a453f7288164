/** A fingerprint as people read and paste it. It decides nothing about what the fingerprint is of. */

/** "9C1E 44B7 03FA …": a SHA-256 as it is compared by eye; what is none, such as the serial of a token, as it is. */
export const inFours = (text: string): string =>
  /^[0-9a-f]{64}$/i.test(text) ? text.toUpperCase().replaceAll(/.{4}(?=.)/g, '$& ') : text;

/** Without what openssl and its like print before it ("sha256 Fingerprint=", "SHA256:"): the letters of that are no digits of it. */
export const bareFingerprint = (typed: string): string =>
  typed.replace(/^\s*sha-?256\s*(?:fingerprint\s*=|[:=])/i, '').trim();
