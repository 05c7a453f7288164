/**
 * The signer port: what every holder of private keys offers, software now, PKCS#11 tokens and KMIP servers as well.
 * It knows no certificates, no files and no store; who may use which key is decided by the router above it.
 */
import type { KeyAlgorithm, KeyUse } from '#shared/contract/keys.ts';
import type { SignerKind, SignerRow, SignerState } from '#shared/contract/signers.ts';

/** What the workspace keeps of a key so that its signer finds it again. Holds no key material in the clear. */
export interface KeyReference {
  /** The workspace's id of the key. */
  id: string;
  algorithm: KeyAlgorithm;
  /** SubjectPublicKeyInfo, DER. */
  spkiDer: Uint8Array;
  uses: readonly KeyUse[];
  /** The signer's own: sealed bytes for software, CKA_ID for a token, unique identifier for KMIP. */
  handle: Uint8Array;
  /** Only of a key that was just made: its device does not say that it keeps the private key to itself. */
  mayLeave?: boolean;
}

export interface KeyRequest {
  id: string;
  algorithm: KeyAlgorithm;
  /** For signers that show labels of their own; never a secret. */
  label: string;
  uses: readonly KeyUse[];
}

export interface SignerFacts {
  /** What keys refer to; "software" for the built-in one. It outlives renaming and moving. */
  id: string;
  /** As the operator named it. */
  name: string;
  kind: SignerKind;
  state: SignerState;
  /** One sentence about the state. */
  text: string;
  /** As the signer's row has it; left out: it has no PIN or password. */
  secretMark?: SignerRow['secretMark'];
  /** What `create` can make. */
  algorithms: readonly KeyAlgorithm[];
}

export interface Signer {
  describe(): Promise<SignerFacts>;
  /**
   * Makes a key pair. It exists for the workspace once its reference is stored; a reference that is thrown away
   * must be given to `destroy`, or a token would keep an orphan. A device may take minutes or wait for a touch: `signal` ends
   * that, and throws AppError CANCELLED.
   */
  create(request: KeyRequest, signal?: AbortSignal): Promise<KeyReference>;
  /** SubjectPublicKeyInfo, DER, asked from the signer itself. Throws AppError NOT_FOUND when the key is gone. */
  publicKey(key: KeyReference): Promise<Uint8Array>;
  /**
   * Signs `data` with the scheme of `signatureScheme(key.algorithm)`; ECDSA as DER (RFC 3279 2.2.3).
   * Throws AppError POLICY_REFUSED when the key lacks `use`, NOT_FOUND when it is gone, LOCKED while the vault is.
   */
  sign(key: KeyReference, use: KeyUse, data: Uint8Array): Promise<Uint8Array>;
  /** The key can never sign again. Destroying what is gone already is not an error. */
  destroy(key: KeyReference): Promise<void>;
}
