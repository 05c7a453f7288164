/** The workspace's rows of keys as the signers know them, and back. No key is opened here. */
import type { KeyAlgorithm, KeyUse } from '#shared/contract/keys.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { NewKey, StoredKey } from '../store/columns.ts';
import { keyView } from '../x509/public-key.ts';
import type { RoutedKey } from './router.ts';

export function routedKey(key: StoredKey): RoutedKey {
  return {
    id: key.id,
    algorithm: key.algorithm,
    spkiDer: key.spkiDer,
    uses: key.uses,
    handle: key.sealed,
    signer: key.signer,
  };
}

export function newKeyRow(key: RoutedKey, label: string, source: NewKey['source']): NewKey {
  return {
    id: key.id,
    label,
    algorithm: key.algorithm,
    spkiDer: key.spkiDer,
    keyIdentifier: keyView(key.spkiDer).keyId,
    spkiSha256: sha256Hex(key.spkiDer),
    signer: key.signer,
    source,
    uses: [...key.uses],
    sealed: key.handle,
    mayLeave: key.mayLeave ?? false,
  };
}

/** The algorithm of a public key as Baleen names it, or null for those it cannot use. */
export function keyAlgorithmOf(spkiDer: Uint8Array): KeyAlgorithm | null {
  const { algorithm, bits, curve } = keyView(spkiDer);
  if (algorithm === 'Ed25519') return 'ed25519';
  if (algorithm === 'RSA' && (bits === 2048 || bits === 3072 || bits === 4096)) return `rsa-${bits}`;
  if (algorithm !== 'EC') return null;
  return ({ 'P-256': 'p-256', 'P-384': 'p-384', 'P-521': 'p-521' } as const)[curve ?? ''] ?? null;
}

/** What a key of an authority, and any other, may sign. */
export const AUTHORITY_USES: readonly KeyUse[] = ['certificate', 'crl', 'request'];
export const LEAF_USES: readonly KeyUse[] = ['request', 'message'];
export const ALL_USES: readonly KeyUse[] = ['certificate', 'crl', 'request', 'message'];
