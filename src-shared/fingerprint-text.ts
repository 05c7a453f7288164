/** A fingerprint as people paste it. It decides nothing about what the fingerprint is of. */

/** Without what openssl and its like print before it ("sha256 Fingerprint=", "SHA256:"): the letters of that are no digits of it. */
export const bareFingerprint = (typed: string): string =>
  typed.replace(/^\s*sha-?256\s*(?:fingerprint\s*=|[:=])/i, '').trim();
