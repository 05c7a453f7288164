/** The fields of a request file that no signature covers (krill-ta.md 4.6), each beside what the signer's own objects say. */
import { isInstant, momentText } from '../../lib/moment-text.ts';
import { JsonNumber, type JsonObject } from '../../lib/json-reader.ts';
import type { TrustAnchor } from '../signer/trust-anchor.ts';

const WEEK_MS = 7 * 86_400_000;
/** Of any file that somebody made to be read. */
const LONGEST_NUMBER = 9;

/** Empty when there are none, or when the file cannot be read (the verdict says so). */
export function advisoryOf(
  file: JsonObject | null,
  anchor: TrustAnchor,
  now: Date,
): { says: string; own: string }[] {
  if (file === null) return [];
  const lines: { says: string; own: string }[] = [];
  const weeks = file.get('issued_certificate_reissue_weeks_before');
  if (weeks instanceof JsonNumber)
    lines.push({
      // SECURITY: nobody signed it, so nothing of any length or words of its own gets onto the page (here and below).
      says:
        weeks.text.length > LONGEST_NUMBER
          ? 'The file has no number of weeks that could be meant.'
          : `Certificates are to be renewed ${weeks.text} weeks before they end.`,
      own: `Here: ${anchor.timing.issuedCertificateReissueWeeksBefore} weeks.`,
    });
  const renewals = file.get('renew_times');
  if (Array.isArray(renewals)) {
    const due = [...anchor.objects.issued.values()].filter(
      ({ notAfter }) =>
        Date.parse(notAfter) - anchor.timing.issuedCertificateReissueWeeksBefore * WEEK_MS <= now.getTime(),
    ).length;
    lines.push({
      says:
        renewals.length === 0
          ? 'The file names no certificate to renew.'
          : `The file says when ${renewals.length} ${renewals.length === 1 ? 'certificate is' : 'certificates are'} to be renewed.`,
      own: `From this signer's own objects: ${due === 0 ? 'none is' : `${due} of ${anchor.objects.issued.size} ${due === 1 ? 'is' : 'are'}`} due.`,
    });
  }
  const anchorTime = file.get('ta_renew_time');
  if (typeof anchorTime === 'string')
    lines.push({
      says: isInstant(anchorTime)
        ? `The TA certificate is to be renewed by ${momentText(anchorTime)}.`
        : 'What the file has as the time to renew the TA certificate is no date.',
      own: `It ends ${momentText(anchor.certificate.notAfter)}.`,
    });
  return lines;
}
