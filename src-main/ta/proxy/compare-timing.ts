/** The signer's times as its message and objects show them, beside the proxy's own: Krill never notices when they differ (T-013). */
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import type { Message } from '../../rpki/message.ts';
import type { Timing } from '../signer/trust-anchor.ts';
import type { AssociatedSigner } from './proxy-state.ts';
import type { Response } from '../response.ts';

const DAY_MS = 86_400_000;
const BACKDATE_MS = 5 * 60_000;

const days = (from: number, to: number): number => Math.round((to - from) / DAY_MS);
const unit = (value: number, name: string): string => `${value} ${name}${value === 1 ? '' : 's'}`;

/** Certificates that were made with this response, not the ones of earlier times. */
function freshLife({ objects, answers }: Response): number | null {
  for (const keys of answers.values())
    for (const [key, answer] of keys) {
      const info = objects.issued.get(key);
      if (answer.type === 'issuance' && info !== undefined)
        return days(Date.parse(info.notBefore) + BACKDATE_MS, Date.parse(info.notAfter));
    }
  return null;
}

export function timingSeen(
  here: Timing,
  seen: { response: Response; message: Message | null; signer: AssociatedSigner },
): ResponseReview['timing'] {
  const { objects } = seen.response;
  const { message, signer } = seen;
  const line = (what: string, own: number, its: number | null, name: string, per: number) =>
    its === null
      ? []
      : [
          {
            what,
            here: unit(own, name),
            there: its % per === 0 ? unit(its / per, name) : unit(its, 'day'),
            differs: its !== own * per,
          },
        ];
  const signedAt = message?.signingTime ?? null;
  const years =
    new Date(signer.certificate.notAfter).getUTCFullYear() -
    new Date(signer.certificate.notBefore).getUTCFullYear();
  return [
    ...line('TA certificate', here.certificateValidityYears, years, 'year', 1),
    ...line(
      'Certificates of children',
      here.issuedCertificateValidityWeeks,
      freshLife(seen.response),
      'week',
      7,
    ),
    ...line(
      'Manifest and CRL',
      here.mftNextUpdateWeeks,
      days(Date.parse(objects.thisUpdate) + BACKDATE_MS, Date.parse(objects.nextUpdate)),
      'week',
      7,
    ),
    ...line(
      'Signed messages',
      here.signedMessageValidityDays,
      signedAt === null || message === null ? null : days(signedAt.getTime(), message.notAfter.getTime()),
      'day',
      1,
    ),
  ];
}
