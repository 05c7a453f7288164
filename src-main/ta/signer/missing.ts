/** What a restored signer no longer knows, and what to do about it: on its page, in the verdict of the next request. */
import type { HeldSigner } from './held-signer.ts';

type Known = Pick<HeldSigner, 'anchor' | 'highest'>;

/** The highest number that was used here, where the objects end below it; else null. */
export function missingUpTo({ anchor, highest }: Known): bigint | null {
  return highest > anchor.objects.number ? highest : null;
}

/** On the signer's page. */
export function missingWarning({ anchor }: Pick<Known, 'anchor'>, highest: bigint): string {
  return `This workspace was restored: number ${highest} was signed here before, and these objects end at ${anchor.objects.number}. What was issued or revoked in between is missing. Take the later response.json files back, the oldest first, before the next request is signed: they may be on the stick, and a proxy of Baleen writes its last one again (“Files of the proxy”). The next number will be ${highest + 1n}.`;
}

/** Over a request: what will happen when it is signed all the same. */
export function missingAtReview({ anchor }: Pick<Known, 'anchor'>, highest: bigint): string {
  return `This signer was restored: numbers up to ${highest} were signed here, and it knows nothing after ${anchor.objects.number}, so revocations since may be missing. Take the later response.json files back first. If they are lost, this can be signed all the same, above those numbers: a proxy of Baleen will not publish it while certificates that it knows are on no CRL, and writes its last response again for this signer; Krill’s proxy publishes it without a look, and certificates that were revoked since are good again.`;
}
