/**
 * The built-in signer: private keys sealed by the vault, opened for as long as signatures with them are under way, and wiped.
 * It stores nothing; the sealed bytes are the key's handle and live in the workspace's database.
 */
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { AppError } from '../../lib/app-error.ts';
import { wipe } from '../../lib/bytes.ts';
import type { KeyReference, Signer } from '../signer.ts';
import { requireUse, signatureScheme } from '../signature-scheme.ts';
import { makeKeyPair } from './key-pair.ts';

/** The vault's part: seals under the key's own data key, bound to `keyId`. Throws AppError LOCKED. */
export interface KeySealer {
  seal(keyId: string, plain: Uint8Array): Uint8Array;
  /** SECURITY: the caller wipes what it gets. */
  open(keyId: string, sealed: Uint8Array): Uint8Array;
}

/** What only software can do: take a key in and give it out. Not part of the port. */
export interface SoftwareSigner extends Signer {
  /** Seals an existing key. `pkcs8Der` is the caller's to wipe. */
  adopt(request: {
    id: string;
    algorithm: KeyAlgorithm;
    uses: KeyReference['uses'];
    spkiDer: Uint8Array;
    pkcs8Der: Uint8Array;
  }): KeyReference;
  /** Runs `use` with the PKCS#8 DER and wipes it afterwards. */
  withPrivateKey<T>(key: KeyReference, use: (pkcs8Der: Uint8Array) => T | Promise<T>): Promise<T>;
  /** For lock: references that outlived a `destroy` are gone with the session; the store alone knows what is destroyed. */
  forget(): void;
}

export const SOFTWARE_ALGORITHMS: readonly KeyAlgorithm[] = [
  'p-256',
  'p-384',
  'p-521',
  'ed25519',
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
];

const signAsync = promisify(sign);

/** RSA takes milliseconds and goes to the thread pool; a curve is done before the pool would have started. */
async function signWith(algorithm: KeyAlgorithm, data: Uint8Array, key: KeyObject): Promise<Uint8Array> {
  const { hash } = signatureScheme(algorithm);
  return algorithm.startsWith('rsa-') ? signAsync(hash ?? undefined, data, key) : sign(hash, data, key);
}

/** A key that signatures under way share. */
interface OpenedKey {
  id: string;
  sealer: KeySealer;
  privateKey: KeyObject;
  users: number;
}

/** `sealer` is asked at each use, so that locking the vault ends every key at once. */
export function createSoftwareSigner(deps: { sealer: () => KeySealer }): SoftwareSigner {
  /** Only until the lock: a restored backup may bring a key back. */
  const destroyed = new Set<string>();
  /** By the sealed bytes. An RSA key costs as much to make ready as a signature, and each opening leaves one more copy. */
  const opened = new Map<Uint8Array, OpenedKey>();

  function openKey(key: KeyReference): Uint8Array {
    if (destroyed.has(key.id) || key.handle.length === 0)
      throw new AppError('NOT_FOUND', 'This key was destroyed.', { ids: [key.id] });
    return deps.sealer().open(key.id, key.handle);
  }

  function privateKeyOf(key: KeyReference): KeyObject {
    const pkcs8Der = openKey(key);
    try {
      return createPrivateKey({
        key: Buffer.from(pkcs8Der.buffer, pkcs8Der.byteOffset, pkcs8Der.byteLength),
        format: 'der',
        type: 'pkcs8',
      });
    } finally {
      wipe(pkcs8Der);
    }
  }

  /** Runs `use` with the key as the other signatures under way have it; the last of them lets go of it. */
  async function withOpened<T>(key: KeyReference, use: (privateKey: KeyObject) => Promise<T>): Promise<T> {
    // SECURITY: asked for each signature, also of a key that is open: after a lock or its destruction it signs no more.
    const sealer = deps.sealer();
    const shared = opened.get(key.handle);
    const fits = shared?.id === key.id && shared.sealer === sealer && !destroyed.has(key.id);
    const one = fits ? shared : { id: key.id, sealer, privateKey: privateKeyOf(key), users: 0 };
    opened.set(key.handle, one);
    one.users += 1;
    try {
      return await use(one.privateKey);
    } finally {
      one.users -= 1;
      if (one.users === 0 && opened.get(key.handle) === one) opened.delete(key.handle);
    }
  }

  const adopt: SoftwareSigner['adopt'] = ({ id, algorithm, uses, spkiDer, pkcs8Der }) => ({
    id,
    algorithm,
    uses,
    spkiDer,
    handle: deps.sealer().seal(id, pkcs8Der),
  });

  return {
    adopt,
    describe: () =>
      Promise.resolve({
        id: 'software',
        name: 'Software',
        kind: 'software',
        state: 'ready',
        text: 'Keys lie encrypted in this workspace.',
        algorithms: SOFTWARE_ALGORITHMS,
      }),
    async create({ id, algorithm, uses }) {
      // Asked before the work, so that a locked vault is not found out after seconds of key generation.
      deps.sealer();
      const { spkiDer, pkcs8Der } = await makeKeyPair(algorithm);
      try {
        return adopt({ id, algorithm, uses, spkiDer, pkcs8Der });
      } finally {
        wipe(pkcs8Der);
      }
    },
    async publicKey(key) {
      wipe(openKey(key));
      return key.spkiDer;
    },
    async sign(key, use, data) {
      requireUse(key, use);
      return withOpened(key, (privateKey) => signWith(key.algorithm, data, privateKey));
    },
    destroy(key) {
      destroyed.add(key.id);
      wipe(key.handle);
      return Promise.resolve();
    },
    forget: () => destroyed.clear(),
    async withPrivateKey(key, use) {
      const pkcs8Der = openKey(key);
      try {
        return await use(pkcs8Der);
      } finally {
        wipe(pkcs8Der);
      }
    },
  };
}
