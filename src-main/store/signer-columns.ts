/** What the store keeps of signers. Types only; what they mean is decided in signers/lifecycle. */
import type { SignerKind } from '#shared/contract/signers.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';

/** The key by which a device is known again (H-024). */
export interface SignerBinding {
  spkiDer: Uint8Array;
  handle: Uint8Array;
  serial: string;
  boundAt: string;
}

/** The identity key of a signer; its device still has it when the signer is gone. */
export interface IdentityKey {
  spkiDer: Uint8Array;
  signer: string;
  name: string;
  /** The signer is in force. */
  present: boolean;
}

/** A PIN that is never sent again by itself: the device refused it. Salt and hash in hex; see refused-pins.ts. */
export interface RefusedPin {
  salt: string;
  hash: string;
  at: string;
  /** It was sent and there is no answer: the device may have counted it. A person may send it again. */
  unanswered?: boolean;
  /** It is the one in the vault: its mark stays however many others are refused. */
  kept?: boolean;
  /** The device took another one since: it is still not sent by itself, and a person needs to do nothing. */
  over?: boolean;
  /** It was sent for a signature, for which the device may have a PIN of its own: it says nothing of the login. */
  signature?: boolean;
}

/** A PIN that a device took for the signature of a key that wants one for each. */
export interface SignaturePin extends Pick<RefusedPin, 'salt' | 'hash' | 'at'> {
  /** Of the device and the account on it. */
  device: string;
}

/** The marks of a place where a signer is not in force. */
export interface PendingMarks {
  /** Of the signer. */
  id: string;
  /** By which the PINs were sent. */
  settings: SignerSettings;
  marks: RefusedPin[];
}

/** A key on a device that is none of the workspace: it is being made, or has to be destroyed there. */
export interface UnfinishedKey {
  id: string;
  signer: string;
  /** By which its device finds it. */
  handle: Uint8Array;
  /** Of its public half; null: not known yet, and the handle is a random name. */
  spkiSha256: string | null;
  /** Serial of the device that was asked for it; null: not known. */
  device: string | null;
  /** When it was begun, failed last, or was given up. */
  at: string;
  /** It was a key of the workspace, and somebody ended it. */
  ended: boolean;
}

export interface StoredSigner {
  id: string;
  name: string;
  kind: SignerKind;
  /** null: software. */
  settings: SignerSettings | null;
  /** PIN or password, sealed under the signer's id; null: none is kept. */
  sealed: Uint8Array | null;
  binding: SignerBinding | null;
  refused: RefusedPin[];
  /** Left out: none. */
  signed?: SignaturePin[];
  /** What was learned at the last contact, JSON; null: there was none. */
  device: string | null;
}

export interface SignerRoles {
  /** null: not chosen. */
  defaultSigner: string | null;
  oneOffSigner: string | null;
}

export interface StoredSignerConfig {
  revision: number;
  signers: StoredSigner[];
  roles: SignerRoles;
  /** JSON; null: nothing is pending. */
  pending: string | null;
}

/** A signer as it is to be in force. */
export interface AppliedSigner {
  id: string;
  name: string;
  kind: SignerKind;
  settings: SignerSettings | null;
  /** "keep" leaves what is there. */
  sealed: Uint8Array | null | 'keep';
  /** Made at this place while it was pending; they come to those that are there. */
  marks?: readonly RefusedPin[];
}
