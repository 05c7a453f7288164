/**
 * From a key to the signer that holds it, and the one place where a signature is checked before anybody uses it.
 * It makes no decision about what is signed; tokens and KMIP servers register here as the software signer does.
 */
import type { KeyUse } from '#shared/contract/keys.ts';
import type { SignerKind } from '#shared/contract/signers.ts';
import { AppError } from '../lib/app-error.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { noteDeviceUse } from '../lib/device-use.ts';
import { keyView } from '../x509/public-key.ts';
import type { KeyReference, KeyRequest, Signer, SignerFacts } from './signer.ts';
import { requireUse, signatureHolds, signatureHoldsBeside } from './signature-scheme.ts';

/** A key reference with the id of its signer, as the store keeps it. */
export interface RoutedKey extends KeyReference {
  signer: string;
}

/** What stands in the record of a use: whose device made the signature. */
export interface UsedDevice {
  /** As the operator named the signer. */
  name: string;
  serial: string;
}

export interface SignerRouter {
  /** Every signer with its state, in the order they were registered. Contacts nobody. */
  describe(): Promise<SignerFacts[]>;
  /** The id of the signer that makes long-lived keys when nobody chose one (H-015). */
  defaultSigner(): string;
  /** The id of the signer that makes keys for one signature (H-017). */
  oneOffSigner(): string;
  /** The device behind a signer as it was last contacted; null for software and for one that was never. */
  device(signer: string): UsedDevice | null;
  /**
   * `signal` of the job that wants it: a device may take minutes or wait for a touch. Throws AppError NOT_FOUND,
   * SIGNER_UNAVAILABLE, LOCKED, CANCELLED; POLICY_REFUSED when it makes no such keys.
   */
  create(signer: string, request: KeyRequest, signal?: AbortSignal): Promise<RoutedKey>;
  /**
   * Signs and checks the signature with the key's public half.
   * Throws AppError POLICY_REFUSED (use), NOT_FOUND (signer or key), SIGNER_UNAVAILABLE, LOCKED,
   * INTERNAL when the signature does not hold.
   */
  sign(key: RoutedKey, use: KeyUse, data: Uint8Array): Promise<Uint8Array>;
  /** Asked from the signer itself. Throws AppError NOT_FOUND with the key's id when the key is gone, and as `sign` does. */
  publicKey(key: RoutedKey): Promise<Uint8Array>;
  destroy(key: RoutedKey): Promise<void>;
  /**
   * Destroys what was made and is not kept, or is kept no more: for `finally`, where the first error counts. Never rejects; a key
   * that stays on its device is put on record (`left` of createSignerRouter).
   */
  discard(key: RoutedKey): Promise<void>;
  /**
   * The id of the signer of that kind which holds this key under this handle and signs with it, or null: each is contacted once, all
   * at once. Of one that cannot be reached, the sentence is thrown once no other has it.
   */
  holderOf(kind: SignerKind, key: KeyReference, signal: AbortSignal): Promise<string | null>;
}

/** Who the signers are and what they are for; asked at each call, because the operator changes that while Baleen runs. */
export interface SignerTable {
  signers: ReadonlyMap<string, Signer>;
  defaultSigner: string;
  oneOffSigner: string;
  device(signer: string): UsedDevice | null;
  /** Whether a device holds the key; asked once, and proven by a signature. Throws AppError as the signer port says, CANCELLED. */
  holds(signer: string, key: KeyReference, signal: AbortSignal): Promise<boolean>;
}

/** How records name a public key; an authority's key signs thousands. */
const names = new WeakMap<Uint8Array, { keyIdentifier: string; spkiSha256: string }>();

function namesOf(spkiDer: Uint8Array): { keyIdentifier: string; spkiSha256: string } {
  const known = names.get(spkiDer) ?? {
    keyIdentifier: keyView(spkiDer).keyId,
    spkiSha256: sha256Hex(spkiDer),
  };
  names.set(spkiDer, known);
  return known;
}

const NOT_HERE = new Error('not here');

/** `left`: a key that nobody here will use stays on its device, and why. Must not reject. */
export function createSignerRouter(
  table: () => SignerTable,
  left: (key: RoutedKey, why: unknown) => Promise<void>,
): SignerRouter {
  /** Signatures that are being made. */
  let signing = 0;

  function find(id: string): Signer {
    const signer = table().signers.get(id);
    if (signer === undefined)
      throw new AppError(
        'NOT_FOUND',
        'The signer that possesses this key is not configured here. Add it again under Signers.',
      );
    return signer;
  }

  return {
    describe: async () => Promise.all([...table().signers.values()].map((signer) => signer.describe())),
    defaultSigner: () => table().defaultSigner,
    oneOffSigner: () => table().oneOffSigner,
    device: (signer) => table().device(signer),
    async create(signer, request, signal) {
      return { ...(await find(signer).create(request, signal)), signer };
    },
    async sign(key, use, data) {
      requireUse(key, use);
      const signer = find(key.signer);
      signing += 1;
      const signature = await signer.sign(key, use, data).finally(() => {
        signing -= 1;
      });
      const device = table().device(key.signer);
      // On record whatever it is worth: a wrong one most of all.
      if (device !== null)
        noteDeviceUse({ signer: device.name, serial: device.serial, ...namesOf(key.spkiDer) });
      const { algorithm, spkiDer } = key;
      // SECURITY: a faulty or exchanged key shows here, before a wrong signature leaves the house (and leaks key bits).
      const holds =
        device === null
          ? signatureHolds(algorithm, spkiDer, data, signature)
          : await signatureHoldsBeside(algorithm, spkiDer, data, signature, signing === 0);
      if (!holds)
        throw new AppError(
          'INTERNAL',
          `${(await signer.describe()).name} made a signature that its public key does not confirm; it was thrown away.`,
          { ids: [key.id] },
        );
      return signature;
    },
    publicKey: async (key) => find(key.signer).publicKey(key),
    async destroy(key) {
      await find(key.signer).destroy(key);
    },
    async discard(key) {
      try {
        await find(key.signer).destroy(key);
      } catch (error) {
        await left(key, error);
      }
    },
    async holderOf(kind, key, signal) {
      const { signers, holds, device } = table();
      const known = await Promise.all([...signers.values()].map((signer) => signer.describe()));
      const found = new AbortController();
      const either = AbortSignal.any([found.signal, signal]);
      const refusals: AppError[] = [];
      const asked = known
        .filter((one) => one.kind === kind)
        .map(async ({ id }) => {
          try {
            if (await holds(id, key, either)) return id;
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            refusals.push(error);
          }
          throw NOT_HERE;
        });
      try {
        const id = await Promise.any(asked);
        const used = device(id);
        if (used !== null) noteDeviceUse({ signer: used.name, serial: used.serial, ...namesOf(key.spkiDer) });
        return id;
      } catch (error) {
        const others = error instanceof AggregateError ? error.errors : [error];
        for (const one of others) if (one !== NOT_HERE) throw one;
        // That another key signs under its name says more than that a device is away.
        const told = refusals.find(({ code }) => code === 'POLICY_REFUSED') ?? refusals[0];
        if (told !== undefined) throw told;
        return null;
      } finally {
        // Who was not fast enough need not go on.
        found.abort();
      }
    },
  };
}
