/**
 * From a key to the signer that holds it, and the one place where a signature is checked before anybody uses it.
 * It makes no decision about what is signed; tokens and KMIP servers register here as the software signer does.
 */
import type { KeyUse } from '#shared/contract/keys.ts';
import { AppError } from '../lib/app-error.ts';
import type { KeyReference, KeyRequest, Signer, SignerFacts } from './signer.ts';
import { requireUse, signatureHolds } from './signature-scheme.ts';

/** A key reference with the name of its signer, as the store keeps it. */
export interface RoutedKey extends KeyReference {
  signer: string;
}

export interface SignerRouter {
  /** Every signer with its state, in the order they were registered. */
  describe(): Promise<SignerFacts[]>;
  create(signer: string, request: KeyRequest): Promise<RoutedKey>;
  /**
   * Signs and checks the signature with the key's public half.
   * Throws AppError POLICY_REFUSED (use), NOT_FOUND (signer or key), NOT_ALLOWED_NOW (signer unusable), LOCKED,
   * INTERNAL when the signature does not hold.
   */
  sign(key: RoutedKey, use: KeyUse, data: Uint8Array): Promise<Uint8Array>;
  destroy(key: RoutedKey): Promise<void>;
}

/** `signers` by name; asked at each call, because the operator adds and removes some while Baleen runs. */
export function createSignerRouter(signers: () => ReadonlyMap<string, Signer>): SignerRouter {
  async function find(name: string): Promise<Signer> {
    const signer = signers().get(name);
    if (signer === undefined)
      throw new AppError('NOT_FOUND', `The signer "${name}" that holds this key is not configured here.`);
    const facts = await signer.describe();
    if (facts.state !== 'ready') throw new AppError('NOT_ALLOWED_NOW', `${name}: ${facts.text}`);
    return signer;
  }

  return {
    describe: () => Promise.all([...signers().values()].map((signer) => signer.describe())),
    async create(name, request) {
      const signer = await find(name);
      const { algorithms } = await signer.describe();
      if (!algorithms.includes(request.algorithm))
        throw new AppError(
          'POLICY_REFUSED',
          `${name} makes no ${request.algorithm} keys. Choose another type.`,
        );
      return { ...(await signer.create(request)), signer: name };
    },
    async sign(key, use, data) {
      requireUse(key, use);
      const signature = await (await find(key.signer)).sign(key, use, data);
      // SECURITY: a faulty or exchanged key shows here, before a wrong signature leaves the house (and leaks key bits).
      if (!signatureHolds(key.algorithm, key.spkiDer, data, signature))
        throw new AppError(
          'INTERNAL',
          `${key.signer} made a signature that its public key does not confirm; it was thrown away.`,
          { ids: [key.id] },
        );
      return signature;
    },
    async destroy(key) {
      await (await find(key.signer)).destroy(key);
    },
  };
}
