/** Throw-away keys for trial signatures and stand-ins for keys that are not made yet. None of them signs anything real. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import type { Random } from '../ports.ts';
import { makeKeyPair } from '../signers/software/key-pair.ts';
import { signatureScheme } from '../signers/signature-scheme.ts';
import { bitStringOf, nullValue, oid, sequence, unsignedInteger } from '../x509/der-writer.ts';

export interface TrialKey {
  spkiDer: Uint8Array;
  sign(data: Uint8Array): Promise<Uint8Array>;
}

const made = new Map<KeyAlgorithm, Promise<TrialKey>>();

async function makeTrialKey(algorithm: KeyAlgorithm): Promise<TrialKey> {
  const { spkiDer, pkcs8Der } = await makeKeyPair(algorithm);
  const key: KeyObject = createPrivateKey({ key: pkcs8Der, format: 'der', type: 'pkcs8' });
  return { spkiDer, sign: async (data) => sign(signatureScheme(algorithm).hash, data, key) };
}

/** A key that signs with the scheme of `algorithm`; made once per run. RSA is always 2048 bits: the scheme is the same. */
export function trialKey(algorithm: KeyAlgorithm): Promise<TrialKey> {
  const scheme = algorithm.startsWith('rsa-') ? 'rsa-2048' : algorithm;
  const known = made.get(scheme) ?? makeTrialKey(scheme);
  made.set(scheme, known);
  // What failed once is tried again.
  known.catch(() => made.delete(scheme));
  return known;
}

/** A public key of the right form and size for a review before the real one exists. */
export async function standInKey(algorithm: KeyAlgorithm, random: Random): Promise<Uint8Array> {
  if (!algorithm.startsWith('rsa-')) return (await trialKey(algorithm)).spkiDer;
  const modulus = Uint8Array.from(random.bytes(Number(algorithm.slice(4)) / 8));
  modulus[0] = (modulus[0] ?? 0) | 0x80;
  modulus[modulus.length - 1] = (modulus.at(-1) ?? 0) | 1;
  return sequence(
    sequence(oid('1.2.840.113549.1.1.1'), nullValue()),
    bitStringOf(sequence(unsignedInteger(modulus), unsignedInteger(Uint8Array.of(1, 0, 1)))),
  );
}
