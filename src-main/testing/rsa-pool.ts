/**
 * In unit tests RSA-2048 keys come from a pool, each once for a test file, while it lasts; then, and for every other kind, they are
 * really made. A third of the processor time of these tests was the search for primes. Not shipped.
 */
import crypto, { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';
import { inject } from 'vitest';

interface Options {
  modulusLength?: number;
  publicExponent?: number;
  publicKeyEncoding?: { format: 'der'; type: 'spki' };
  privateKeyEncoding?: { format: 'der'; type: 'pkcs8' };
}
interface Pair {
  publicKey: KeyObject | Buffer;
  privateKey: KeyObject | Buffer;
}
type Done = (error: Error | null, publicKey?: Pair['publicKey'], privateKey?: Pair['privateKey']) => void;

const real = { later: crypto.generateKeyPair, now: crypto.generateKeyPairSync };
const makeLater = promisify(real.later) as unknown as (type: string, options: Options) => Promise<Pair>;
const left = inject('rsaKeys').toReversed();

/** undefined: it is really made. */
function fromPool(type: string, options: Options = {}): Pair | undefined {
  const { modulusLength, publicExponent = 65_537, publicKeyEncoding, privateKeyEncoding } = options;
  if (type !== 'rsa' || modulusLength !== 2048 || publicExponent !== 65_537) return undefined;
  const text = left.pop();
  if (text === undefined) return undefined;
  const privateKey = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  return {
    publicKey: publicKeyEncoding === undefined ? publicKey : publicKey.export(publicKeyEncoding),
    privateKey: privateKeyEncoding === undefined ? privateKey : privateKey.export(privateKeyEncoding),
  };
}

const later = (type: string, options: Options = {}): Promise<Pair> => {
  const pair = fromPool(type, options);
  return pair === undefined ? makeLater(type, options) : Promise.resolve(pair);
};

const generateKeyPair = (type: string, options: Options, done: Done): void =>
  void later(type, options).then(
    ({ publicKey, privateKey }) => done(null, publicKey, privateKey),
    (error: unknown) => done(error as Error),
  );

Object.assign(crypto, {
  generateKeyPair: Object.assign(generateKeyPair, { [promisify.custom]: later }),
  generateKeyPairSync: (type: string, options: Options = {}) =>
    fromPool(type, options) ?? (real.now as (type: string, options: Options) => Pair)(type, options),
});
// The named imports of every module see it from now on.
syncBuiltinESMExports();
