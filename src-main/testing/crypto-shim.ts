/**
 * A WebCrypto whose signatures come from the signer port, so that @peculiar/x509 makes the certificates that ours are held
 * against. It can sign and nothing else. Not shipped.
 */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';

const HASHES = { 'p-256': 'SHA-256', 'p-384': 'SHA-384', 'p-521': 'SHA-512' } as const;
const CURVES = { 'p-256': 'P-256', 'p-384': 'P-384', 'p-521': 'P-521' } as const;
const FIELD_BYTES = { 'p-256': 32, 'p-384': 48, 'p-521': 66 } as const;

type Curve = keyof typeof CURVES;

function isCurve(algorithm: KeyAlgorithm): algorithm is Curve {
  return algorithm in CURVES;
}

/** What @peculiar/x509 asks of an algorithm. The families have different members; it looks at those of the named one only. */
interface WebAlgorithm {
  name: string;
  namedCurve: string;
  hash: string;
}

/** The WebCrypto names of the scheme a key of `algorithm` signs with (see signature-scheme.ts). */
export function webAlgorithm(algorithm: KeyAlgorithm): WebAlgorithm {
  const named = isCurve(algorithm)
    ? { name: 'ECDSA', namedCurve: CURVES[algorithm], hash: HASHES[algorithm] }
    : algorithm === 'ed25519'
      ? { name: 'Ed25519' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return named as WebAlgorithm;
}

/** ECDSA-Sig-Value (RFC 3279 2.2.3) to the fixed-length r and s of WebCrypto (IEEE P1363). */
function fixedLength(signatureDer: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size * 2);
  // SEQUENCE header: one length octet, or 0x81 and one for P-521.
  let at = signatureDer[1] === 0x81 ? 3 : 2;
  for (const end of [size, size * 2]) {
    const length = signatureDer[at + 1] ?? 0;
    const value = signatureDer.subarray(at + 2, at + 2 + length);
    const significant = value.subarray(value.findIndex((byte) => byte !== 0));
    out.set(significant, end - significant.length);
    at += 2 + length;
  }
  return out;
}

/** `sign` gets the bytes to be signed and answers as the signer port does (ECDSA as DER). */
export function cryptoShim(
  algorithm: KeyAlgorithm,
  sign: (data: Uint8Array) => Promise<Uint8Array>,
): { crypto: Crypto; privateKey: CryptoKey } {
  const subtle = {
    async sign(_algorithm: unknown, _key: unknown, data: ArrayBuffer | Uint8Array): Promise<ArrayBuffer> {
      const signature = await sign(new Uint8Array(data instanceof ArrayBuffer ? data : data.slice()));
      const bytes = isCurve(algorithm) ? fixedLength(signature, FIELD_BYTES[algorithm]) : signature;
      return Uint8Array.from(bytes).buffer;
    },
  };
  const privateKey = {
    type: 'private',
    extractable: false,
    usages: ['sign'],
    algorithm: webAlgorithm(algorithm),
  };
  // The library asks for signing only; anything else would be a mistake and fails by being absent.
  return {
    crypto: { subtle } as unknown as Crypto,
    privateKey: privateKey as unknown as CryptoKey,
  };
}
