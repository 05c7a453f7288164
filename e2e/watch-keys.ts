/**
 * Sees every private key that node:crypto makes in this process, as the application asks for it, so that the canary search
 * knows its bytes. The application does not know: it gets the very keys it would get.
 */
import crypto, { createPrivateKey } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** The parts of a key that nobody may see: its scalar, for RSA a prime as well. */
export function secretParts(pkcs8Der: Uint8Array): Buffer[] {
  const { d, p } = createPrivateKey({ key: Buffer.from(pkcs8Der), format: 'der', type: 'pkcs8' }).export({
    format: 'jwk',
  });
  return [d, p].flatMap((part) => (part === undefined ? [] : [Buffer.from(part, 'base64url')]));
}

type Made = (error: Error | null, publicKey: unknown, privateKey: unknown) => void;
/** Both ways in which the application makes keys. */
interface Makers {
  generateKeyPair(type: string, options: unknown, made: Made): void;
  generateKeyPairSync(type: string, options: unknown): { publicKey: unknown; privateKey: unknown };
}

const listeners = new Set<(pkcs8Der: Uint8Array) => void>();
let watching = false;

function saw(privateKey: unknown): void {
  // A copy: the application wipes its own.
  if (privateKey instanceof Uint8Array) for (const listen of listeners) listen(Uint8Array.from(privateKey));
}

function watch(): void {
  watching = true;
  const own = crypto as unknown as Makers;
  const { generateKeyPair, generateKeyPairSync } = own;
  own.generateKeyPair = (type, options, made) =>
    generateKeyPair(type, options, (error, publicKey, privateKey) => {
      saw(privateKey);
      made(error, publicKey, privateKey);
    });
  own.generateKeyPairSync = (type, options) => {
    const pair = generateKeyPairSync(type, options);
    saw(pair.privateKey);
    return pair;
  };
  syncBuiltinESMExports();
}

/** Calls `listen` with the PKCS#8 of each key made from now on; answers how to end it. */
export function watchKeys(listen: (pkcs8Der: Uint8Array) => void): () => void {
  if (!watching) watch();
  listeners.add(listen);
  return () => void listeners.delete(listen);
}
