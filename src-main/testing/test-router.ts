/** A router over given signers, software for both roles. Not shipped. */
import { createSignerRouter, type SignerRouter } from '../signers/router.ts';
import type { Signer } from '../signers/signer.ts';

export function routerOf(signers: Record<string, Signer>): SignerRouter {
  return createSignerRouter(
    () => ({
      signers: new Map(Object.entries(signers)),
      defaultSigner: 'software',
      oneOffSigner: 'software',
      device: () => null,
      holds: () => Promise.resolve(false),
    }),
    () => Promise.resolve(),
  );
}
