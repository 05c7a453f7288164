/** Whether krillta would go on where this signer stands, before a folder is written for it. */
import type { HeldSigner } from './held-signer.ts';

/**
 * Why no folder for krillta can be written now, and what to do; null: one can. krillta counts on from its last exchange, and what was
 * made without one is in none of its commands.
 */
export function whyNotKrillta({
  anchor,
  past,
  highest,
}: Pick<HeldSigner, 'anchor' | 'past' | 'highest'>): string | null {
  const { number } = anchor.objects;
  if (number < highest)
    return `krillta would give number ${number + 1n} out again: this workspace stands at ${number}, and ${highest} was used here before. Take the later response.json files back if you have them (drop them on the window), or make one exchange first.`;
  const last = past.at(-1);
  return last !== undefined && number > BigInt(last.number)
    ? `Manifest ${number} was made by no exchange that is here (“Go on from this clock…”, or a response that was taken back), and krillta knows what exchanges made alone: make one exchange first.`
    : null;
}
