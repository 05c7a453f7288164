/** Whether a PIN or password of a signer stands marked, so that a person has to act before the device is used. Decides nothing else. */
import type { SignerRow } from '#shared/contract/signers.ts';
import type { Contact } from './contact.ts';
import type { Pins } from './pins-contract.ts';

/**
 * What `secretMark` of a signer's row says, from the marks in the store: known from the unlock on. Where a PIN is kept, only its own mark
 * counts: a mistyped one stands in nobody's way. Where none is, a mark counts until
 * the next contact that succeeds, or until the device took a PIN, whoever sent it.
 */
export function secretMark({ contact, pins }: { contact: Contact; pins: Pins }): SignerRow['secretMark'] {
  const goodAt = contact.known()?.at ?? null;
  const stored = pins.stored();
  const waits = !stored && !pins.held();
  const marks = pins
    .refusals()
    .filter(({ signature }) => signature !== true)
    .filter(({ at, kept, over }) =>
      stored ? kept === true : waits && over !== true && (goodAt === null || at > goodAt),
    );
  if (marks.length === 0) return null;
  return marks.every(({ unanswered }) => unanswered === true) ? 'unanswered' : 'refused';
}
