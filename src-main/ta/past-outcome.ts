/** What an exchange made, out of its response: the same years later, whatever is set or signed here since. */
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import { Faults } from '../rpki/fault.ts';
import { parseCertificate } from '../x509/certificate.ts';
import type { CertInfo, TaObjects } from './objects.ts';
import { madeAt } from './signer/publish.ts';

/** What a trust anchor has published, in figures. */
export interface Stand {
  number: string;
  certificates: string;
  /** On the CRL, without those whose certificate has ended. */
  revoked: string;
}

export function standOf({ number, issued, revocations }: TaObjects, at: Date): Stand {
  return {
    number: String(number),
    certificates: String(issued.size),
    revoked: String(revocations.filter(({ expires }) => Date.parse(expires) > at.getTime()).length),
  };
}

/** Until when the TA certificate of that time is good; null: neither the response shows it, nor is it the present one. */
function anchorUntil(shown: Uint8Array | null, present: CertInfo, at: Date): string | null {
  if (shown !== null)
    return new Faults().read('', () => parseCertificate(shown).notAfter)?.toISOString() ?? null;
  return madeAt(present).getTime() <= at.getTime() ? new Date(present.notAfter).toISOString() : null;
}

/**
 * `before`: what there was when it was signed or taken; `anchors`: the TA certificate that the response shows (DER), and that of
 * today.
 */
export function pastOutcome(
  objects: TaObjects,
  before: Stand,
  anchors: { shown: Uint8Array | null; present: CertInfo },
  at: Date,
): Omit<ExchangeReview['outcome'], 'key' | 'numberReason'> {
  const after = standOf(objects, at);
  const beside = (what: keyof Stand) => ({ before: before[what], after: after[what] });
  return {
    number: beside('number'),
    nextUpdate: new Date(objects.nextUpdate).toISOString(),
    certificates: beside('certificates'),
    revoked: beside('revoked'),
    taNotAfter: anchorUntil(anchors.shown, anchors.present, at),
  };
}
