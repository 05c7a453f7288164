/**
 * Which signature a key of each type makes, and how it is checked. One answer for every signer, so that a
 * certificate looks the same whether software or a token signed it; no key is held here.
 */
import { type KeyObject, verify } from 'node:crypto';
import type { KeyAlgorithm, KeyUse } from '#shared/contract/keys.ts';
import { AppError } from '../lib/app-error.ts';
import { publicKeyOf } from '../x509/verify-signature.ts';

export interface SignatureScheme {
  name: 'rsa-sha256' | 'ecdsa-sha256' | 'ecdsa-sha384' | 'ecdsa-sha512' | 'ed25519';
  /** Digest name of node:crypto, null where the algorithm hashes itself. */
  hash: 'sha256' | 'sha384' | 'sha512' | null;
}

const SCHEMES: Record<KeyAlgorithm, SignatureScheme> = {
  'rsa-2048': { name: 'rsa-sha256', hash: 'sha256' },
  'rsa-3072': { name: 'rsa-sha256', hash: 'sha256' },
  'rsa-4096': { name: 'rsa-sha256', hash: 'sha256' },
  'p-256': { name: 'ecdsa-sha256', hash: 'sha256' },
  'p-384': { name: 'ecdsa-sha384', hash: 'sha384' },
  'p-521': { name: 'ecdsa-sha512', hash: 'sha512' },
  ed25519: { name: 'ed25519', hash: null },
};

/** The scheme a key of `algorithm` signs with (RFC 4055, RFC 5758, RFC 8410; strengths as NIST SP 800-57 pairs them). */
export function signatureScheme(algorithm: KeyAlgorithm): SignatureScheme {
  return SCHEMES[algorithm];
}

function readable(spkiDer: Uint8Array): KeyObject {
  const key = publicKeyOf(spkiDer);
  if (key === null) throw new Error('this build cannot read the public key');
  return key;
}

/** Whether `signature` over `data` was made by the key of `spkiDer`. */
export function signatureHolds(
  algorithm: KeyAlgorithm,
  spkiDer: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  return verify(signatureScheme(algorithm).hash, data, readable(spkiDer), signature);
}

/** The same in the thread pool. */
function signatureHoldsInPool(
  algorithm: KeyAlgorithm,
  spkiDer: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(signatureScheme(algorithm).hash, data, readable(spkiDer), signature, (error, holds) => {
      if (error === null) resolve(holds);
      else reject(error);
    });
  });
}

let turn = false;

/**
 * Checks a signature of a device; `alone`: no other one is being made. The way through the thread pool costs a quarter of a check
 * of P-256: one that comes alone is checked here, of many every other one, so that this thread and the pool share them while the
 * device makes more. RSA costs less than the way there, the larger curves much more than it.
 */
export async function signatureHoldsBeside(
  algorithm: KeyAlgorithm,
  spkiDer: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
  alone: boolean,
): Promise<boolean> {
  turn = !turn;
  const here = algorithm.startsWith('rsa-') || (algorithm === 'p-256' && (alone || turn));
  return here
    ? signatureHolds(algorithm, spkiDer, data, signature)
    : signatureHoldsInPool(algorithm, spkiDer, data, signature);
}

const USE_WORDS: Record<KeyUse, string> = {
  certificate: 'certificates',
  crl: 'revocation lists',
  request: 'requests',
  message: 'messages',
};

/** Throws AppError POLICY_REFUSED when the key may not sign that kind of thing. */
export function requireUse(key: { id: string; uses: readonly KeyUse[] }, use: KeyUse): void {
  if (key.uses.includes(use)) return;
  throw new AppError(
    'POLICY_REFUSED',
    `This key is not meant for signing ${USE_WORDS[use]}. Choose a key that is.`,
    {
      ids: [key.id],
    },
  );
}
