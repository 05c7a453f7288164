/** Fingerprints in every notation the peers print, and one reader for all of them. It compares nothing by itself. */
import { createHash, createPublicKey } from 'node:crypto';
import type { FingerprintView } from '#shared/contract/certificate-view.ts';
import type { Certificate } from './certificate.ts';
import { keyId } from './public-key.ts';

function colons(digest: Buffer): string {
  return digest
    .toString('hex')
    .toUpperCase()
    .replaceAll(/(..)(?!$)/g, '$1:');
}

/** Node prints a public key's PEM exactly as `openssl x509 -pubkey` does; md5 over that text is what seed 003 compares. */
function publicKeyMd5(spkiDer: Uint8Array): string | null {
  try {
    const pem = createPublicKey({ key: Buffer.from(spkiDer), format: 'der', type: 'spki' }).export({
      format: 'pem',
      type: 'spki',
    });
    return createHash('md5').update(pem).digest('hex');
  } catch {
    // A key this build cannot read has no PEM of OpenSSL's to hash.
    return null;
  }
}

/** All notations of a certificate, the most used first. `notation` are the keys of the golden file. */
export function fingerprints({ der, spkiDer }: Pick<Certificate, 'der' | 'spkiDer'>): FingerprintView[] {
  const sha256 = createHash('sha256').update(der).digest();
  const sha1 = createHash('sha1').update(der).digest();
  const spki = createHash('sha256').update(spkiDer).digest('base64');
  const hex = sha256.toString('hex');
  const md5 = publicKeyMd5(spkiDer);
  return [
    { notation: 'node_fingerprint256', label: 'SHA-256, colons', value: colons(sha256) },
    { notation: 'openssl_3', label: 'OpenSSL 3', value: `sha256 Fingerprint=${colons(sha256)}` },
    { notation: 'openssl_1_1', label: 'OpenSSL 1.1', value: `SHA256 Fingerprint=${colons(sha256)}` },
    { notation: 'step_hex', label: 'step, hex', value: hex },
    { notation: 'muti_metroo', label: 'Muti Metroo pin', value: `sha256:${hex}` },
    { notation: 'base64', label: 'SHA-256, base64', value: sha256.toString('base64') },
    { notation: 'base64_url_raw', label: 'SHA-256, base64url', value: sha256.toString('base64url') },
    { notation: 'spki_sha256_base64', label: 'Public key SHA-256, base64', value: spki },
    { notation: 'curl_pinnedpubkey', label: 'curl --pinnedpubkey', value: `sha256//${spki}` },
    {
      notation: 'rpki_key_identifier_sha1',
      label: 'Key identifier (not a fingerprint)',
      value: keyId(spkiDer).toLowerCase(),
    },
    {
      notation: 'sha1_openssl',
      label: 'SHA-1, for old tools only',
      value: `sha1 Fingerprint=${colons(sha1)}`,
    },
    {
      notation: 'nginx_ssl_client_fingerprint_sha1',
      label: 'nginx $ssl_client_fingerprint (SHA-1)',
      value: sha1.toString('hex'),
    },
    ...(md5 === null
      ? []
      : [
          {
            notation: 'seed003_md5_of_pubkey_pem',
            label: 'MD5 of the public key PEM, for comparing only',
            value: md5,
          },
        ]),
  ];
}

/** What a typed or pasted fingerprint is. `sha256` is upper-case hex. */
export type FingerprintReading =
  | { kind: 'certificate'; sha256: string }
  | { kind: 'publicKey'; sha256: string }
  | { kind: 'sha1'; message: string }
  | { kind: 'partial'; hex: string; message: string }
  | { kind: 'unreadable'; message: string };

const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/;

/**
 * Reads any notation: colons, spaces, plain hex, `sha256:`, `SHA256 Fingerprint=`, base64, base64url, `sha256//` (a
 * public key pin). Forty hex digits are SHA-1 and are refused for pinning (S000-2).
 */
export function readFingerprint(typed: string): FingerprintReading {
  const text = typed
    .trim()
    .replace(/^(sha-?(256|1)\s+fingerprint\s*=|sha-?256\s*=)/i, '')
    .trim();
  const pin = /^(?:pin-)?sha256\/\/\s*(\S+)$/i.exec(text);
  if (pin?.[1] !== undefined && BASE64.test(pin[1]))
    return { kind: 'publicKey', sha256: Buffer.from(pin[1], 'base64').toString('hex').toUpperCase() };
  const body = text.replace(/^sha-?256:/i, '').trim();
  const hex = body.replaceAll(/[\s:.-]/g, '').toUpperCase();
  if (/^[0-9A-F]{64}$/.test(hex)) return { kind: 'certificate', sha256: hex };
  if (/^[0-9A-F]{40}$/.test(hex))
    return { kind: 'sha1', message: 'this is a SHA-1 fingerprint; SHA-256 needed' };
  if (BASE64.test(body))
    return { kind: 'certificate', sha256: Buffer.from(body, 'base64').toString('hex').toUpperCase() };
  if (/^[0-9A-F]+$/.test(hex) && hex.length < 64)
    return { kind: 'partial', hex, message: `${hex.length} of 64 hexadecimal digits` };
  return {
    kind: 'unreadable',
    message: 'a SHA-256 fingerprint has 64 hexadecimal digits, or 43 characters in base64',
  };
}
