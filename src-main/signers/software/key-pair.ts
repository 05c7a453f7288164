/**
 * Key pairs made by node:crypto in its thread pool: the main thread never waits for a prime. A P-256 key is made sooner than the
 * pool would have started. Bytes only; nothing is sealed or kept here.
 */
import { type ECKeyPairOptions, generateKeyPair, generateKeyPairSync } from 'node:crypto';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';

export interface KeyPair {
  spkiDer: Uint8Array;
  /** PKCS#8, DER. SECURITY: the caller wipes it. */
  pkcs8Der: Buffer;
}

const ENCODING = {
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
} as const;

const P_256: ECKeyPairOptions<'der', 'der'> = { namedCurve: 'P-256', paramEncoding: 'named', ...ENCODING };

type Done = (error: Error | null, publicKey: Buffer, privateKey: Buffer) => void;

const MAKERS: Record<KeyAlgorithm, (done: Done) => void> = {
  // 65537 is node's default; written out because profiles and lint rely on it.
  'rsa-2048': (done) =>
    generateKeyPair('rsa', { modulusLength: 2048, publicExponent: 65_537, ...ENCODING }, done),
  'rsa-3072': (done) =>
    generateKeyPair('rsa', { modulusLength: 3072, publicExponent: 65_537, ...ENCODING }, done),
  'rsa-4096': (done) =>
    generateKeyPair('rsa', { modulusLength: 4096, publicExponent: 65_537, ...ENCODING }, done),
  'p-256': (done) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', P_256);
    done(null, publicKey, privateKey);
  },
  'p-384': (done) =>
    generateKeyPair('ec', { namedCurve: 'P-384', paramEncoding: 'named', ...ENCODING }, done),
  'p-521': (done) =>
    generateKeyPair('ec', { namedCurve: 'P-521', paramEncoding: 'named', ...ENCODING }, done),
  ed25519: (done) => generateKeyPair('ed25519', ENCODING, done),
};

/** A fresh key pair. RSA 4096 takes seconds; the wait is off the main thread. */
export function makeKeyPair(algorithm: KeyAlgorithm): Promise<KeyPair> {
  return new Promise((resolve, reject) => {
    MAKERS[algorithm]((error, publicKey, privateKey) => {
      if (error === null) resolve({ spkiDer: publicKey, pkcs8Der: privateKey });
      else reject(error);
    });
  });
}
