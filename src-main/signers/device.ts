/**
 * The device port: what a PKCS#11 token or a KMIP server offers beneath the lifecycle. A device connects, makes, finds and
 * uses keys, and says in closed words what went wrong; when to contact it, retry, ask for a PIN, bind it to its keys and
 * what a person is told is decided above it (lifecycle.ts). It keeps no PIN and knows no workspace.
 */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';

/**
 * What to do about a failure; the lifecycle acts on this word alone.
 * - `unreachable`: not there now, may come back (token removed, no connection, timeout, host died): retried with back-off.
 * - `pin-refused`, `pin-locked`: a person has to act; the same PIN is never sent again.
 * - `pin-needed`: nobody is logged in and there is no PIN.
 * - `misconfigured`: wrong library, slot, certificate, host name: stays so until the settings change.
 * - `unsupported`: a needed operation or mechanism is missing: never retried.
 * - `key-gone`: the device works, that key is not on it.
 * - `refused`: the device works and refused this operation.
 * - `cancelled`: the operator did.
 */
export type DeviceTrouble =
  | 'unreachable'
  | 'pin-refused'
  | 'pin-locked'
  | 'pin-needed'
  | 'misconfigured'
  | 'unsupported'
  | 'key-gone'
  | 'refused'
  | 'cancelled';

export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  readonly trouble: DeviceTrouble;
  /** As the standard or the system names it: `CKR_PIN_INCORRECT`, `Item Not Found`, `ECONNREFUSED`, `SIGNER_HOST_CRASHED`. */
  readonly code: string;
  /** `message`: one sentence for the operator, what to do next, never a PIN. `library`: the raw text, for "details". */
  readonly library: string;
  /**
   * What the device knows of the PIN or password that it was given meanwhile: it never went out, or it was taken before this failed.
   * null: it went out, as far as anybody knows.
   */
  pin: 'unsent' | 'taken' | null = null;
  constructor(trouble: DeviceTrouble, code: string, message: string, library = '') {
    super(message);
    this.trouble = trouble;
    this.code = code;
    this.library = library;
  }
}

/** What a PIN or password is asked for. */
export interface PinAsked {
  reason: 'login' | 'signature';
  tries: 'low' | 'final' | null;
  /** What it says of itself before any login; left out: it says nothing. */
  token?: { label: string; serial: string };
  /** Where it goes, by the settings that are used. */
  server?: { host: string; port: number };
  /** The one that this device took since it was opened: it is sent once more without a person, unless it bears a mark. It belongs to whoever is asked. */
  known?: Uint8Array;
}

/** A person at the screen, as a device may ask one. */
export interface Person {
  /**
   * The PIN or password, UTF-8; SECURITY: the device wipes it. `key`: the device wants it for this one signature
   * (CKA_ALWAYS_AUTHENTICATE). Rejects with DeviceError `pin-needed` or `cancelled`.
   */
  pin(why: PinAsked): Promise<Uint8Array>;
  /**
   * Runs one thing for which a PIN is asked and used, so that its answer is known when that ends; the next PIN waits until then. Left
   * out: whoever called the device settles it.
   */
  settling?<T>(work: () => Promise<T>): Promise<T>;
  /** Shows what the device waits for ("Type the PIN on the reader.") until the answered function is called. */
  waits(text: string, cancel: () => void): () => void;
}

/** One thing that has to work: a PKCS#11 function or mechanism, a KMIP operation. */
export interface Capability {
  name: string;
  /** null: nothing has used it yet; nothing asks it what it must refuse, only to look. */
  present: boolean | null;
  needed: boolean;
}

/** What a device says of itself once it was contacted. */
export interface DeviceFacts {
  manufacturer: string;
  model: string;
  /** The token's serial; for KMIP the server's certificate's SHA-256. With it use is put on record. */
  serial: string;
  firmware: string;
  /** Token label; vendor identification for KMIP. */
  label: string;
  /** PKCS#11: where it was found, and the library. null for KMIP. */
  slot: number | null;
  library: string;
  capabilities: Capability[];
  /** What `create` can make. */
  algorithms: readonly KeyAlgorithm[];
  /** Of the PIN, as the token's flags say. */
  tries: 'low' | 'final' | 'locked' | null;
}

/** A private key that lies on the device, whoever made it. */
export interface DeviceKey {
  handle: Uint8Array;
  /** As the device shows it: CKA_ID in lower-case hex; the KMIP identifiers. */
  identifier: string;
  label: string;
  /** null: its public half is not there or not of a type that Baleen uses. */
  spkiDer: Uint8Array | null;
  uses: string[];
  /** CKA_SENSITIVE, CKA_NEVER_EXTRACTABLE; null where the device does not say. */
  sensitive: boolean | null;
  neverExtractable: boolean | null;
  /** CKA_EXTRACTABLE: it can be taken out wrapped, however sensitive it is. */
  extractable: boolean | null;
  /** The handle that `begun` was called with, as long as it shows that name beside `handle`. */
  begun?: Uint8Array;
}

/** The device says that the private key stays in it. */
export function staysInside(key: Pick<DeviceKey, 'sensitive' | 'neverExtractable' | 'extractable'>): boolean {
  const { sensitive, neverExtractable, extractable } = key;
  return extractable !== true && (neverExtractable === true || (sensitive === true && extractable === false));
}

export interface DeviceKeyRequest {
  algorithm: KeyAlgorithm;
  label: string;
  /**
   * Called before anything is made, with a random name that nothing else has, and again with the public half before the handle is
   * another that the device gave: `destroy` of that handle takes away whatever came to be. Awaited, so that a key whose maker was
   * killed is found again.
   */
  begun?(handle: Uint8Array, spkiDer: Uint8Array | null): Promise<void>;
  /** Called when nothing came of it, or it is taken away again, and nothing can appear later. */
  unmade?(): void;
}

export interface MadeKey {
  handle: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  spkiDer: Uint8Array;
  /** The device does not say that it keeps the private key to itself. */
  mayLeave?: boolean;
}

/** What lies under a handle. */
export interface FoundKey {
  /** As a key of the workspace would be kept: `begun` may have been told another. */
  handle: Uint8Array;
  /** null: the device shows no public half. */
  spkiDer: Uint8Array | null;
}

/** Throws DeviceError when this is not the device that is known by this name. */
export type Proof = (device: Pick<Device, 'find' | 'sign'>, facts: DeviceFacts) => Promise<void>;

/** The caller proves it himself. */
export const unproven: Proof = () => Promise.resolve();

export interface Device {
  /**
   * First contact: loads or connects, finds token or server, logs in, learns the capabilities. Again while it is open:
   * answers the same facts after looking whether the device is still there. `proof`: asked of what the device finds when it
   * has to begin anew by itself later, before anything else is done with it; what was opened here the caller proves.
   */
  open(signal: AbortSignal, proof?: Proof): Promise<DeviceFacts>;
  /** The capabilities again, with what was called since `open`; missing: a device that announces them. */
  seen?(): Promise<Capability[]>;
  /** Of what answered last, where that changes while it is open (a name with several servers behind it); null: nothing did. */
  serial?(): string | null;
  /** Makes a key pair: sensitive, never extractable, under a random identifier of its own. */
  create(request: DeviceKeyRequest, signal?: AbortSignal): Promise<MadeKey>;
  /** SubjectPublicKeyInfo, DER. Throws `key-gone`. */
  publicKey(handle: Uint8Array): Promise<Uint8Array>;
  /** With the scheme of `signatureScheme(algorithm)`; ECDSA as DER. `data` is what is hashed. */
  sign(handle: Uint8Array, algorithm: KeyAlgorithm, data: Uint8Array): Promise<Uint8Array>;
  /**
   * What is gone already is no error. SECURITY: throws `refused` (ANOTHER_KEY) when another key than `spkiDer` is shown under the handle,
   * because it may have been given again; null: it is not known.
   */
  destroy(handle: Uint8Array, spkiDer: Uint8Array | null): Promise<void>;
  /**
   * Looks at what lies under a handle that `begun` was called with, and destroys it when `may`, asked right before, says so. SECURITY:
   * `left` without asking when it is not surely one key, or when a device that gives handles again does not show which key it is.
   */
  destroyIf(
    handle: Uint8Array,
    may: (found: FoundKey) => Promise<boolean>,
  ): Promise<'destroyed' | 'nothing' | 'left'>;
  /** The handle of the private key to this public key, or null. Throws `refused` when two objects answer to it, `cancelled`. */
  find(spkiDer: Uint8Array, signal?: AbortSignal): Promise<Uint8Array | null>;
  /** `looked`: told how many of how many it has looked at, where it looks at one after the other. Throws `cancelled`. */
  list(signal?: AbortSignal, looked?: (done: number, of: number) => void): Promise<DeviceKey[]>;
  /** Logs out, closes, ends its child or its connections. Never rejects. */
  close(): Promise<void>;
}
