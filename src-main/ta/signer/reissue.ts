/**
 * A new TA certificate for the same key (krill-ta.md 6.3): other URIs, other validity. The base never changes, because
 * everything that was issued points at it.
 */
import { summaryOf } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { JobContext } from '../../lib/jobs.ts';
import type { Session } from '../../store/store-contract.ts';
import { isFileUri, isNotificationUri, NOTIFICATION_FIX } from '../../rpki/plain-name.ts';
import { momentText } from '../../lib/moment-text.ts';
import { approvedBy } from '../review/approvers.ts';
import { aheadText, requireDate, whyDateIsAsked } from './clock.ts';
import type { HeldSigner } from './held-signer.ts';
import { locationProblems } from './locations.ts';
import { makeAnchorCertificate } from './make-trust-anchor.ts';
import { requireValid } from './set-up.ts';
import { RANGES } from './setup.ts';
import { type TrustAnchor, trustAnchorText } from './trust-anchor.ts';

export interface ReissueOrder {
  https: string[];
  rsync: string;
  notify: string | null;
  years: number;
  /** Today's date as another clock shows it, "2026-12-31"; asked for when this one is long after what was signed last. */
  today: string | null;
}

/** The one that stands already may stay where relying parties take it. */
function mayBeNotification(uri: string, { anchor }: HeldSigner): boolean {
  return isNotificationUri(uri) || (uri === anchor.certificate.rpkiNotify && isFileUri(uri, 'https'));
}

/** Throws AppError INVALID_INPUT with every field that is wrong. */
export function requireReissuable(held: HeldSigner, order: ReissueOrder, now: Date): void {
  const fields: { path: string; message: string }[] = locationProblems(
    order.https,
    order.rsync,
    held.anchor.objects.baseUri,
  ).map(({ path, message, fix }) => ({ path, message: `${message} ${fix}` }));
  if (order.notify !== null && !mayBeNotification(order.notify, held))
    fields.push({
      path: 'notify',
      message: `The RRDP notification does not end in a file name with .xml. ${NOTIFICATION_FIX}`,
    });
  const { min, max } = RANGES.certificateValidityYears;
  if (order.years < min || order.years > max)
    fields.push({
      path: 'years',
      message: `TA certificate: ${order.years} years is not between ${min} and ${max}. Change the value.`,
    });
  const [first] = fields;
  if (first !== undefined) throw new AppError('INVALID_INPUT', first.message, { fields });
  if (now.getTime() < held.lastAt.getTime())
    throw new AppError('NOT_ALLOWED_NOW', aheadText(held.lastAt, now));
  if (whyDateIsAsked(now, held.lastAt, null) !== null) requireDate(order.today, now);
}

/** What is another one than before, beside certificate and end. */
export function changedText(
  { tal, certificate }: TrustAnchor,
  order: Pick<ReissueOrder, 'https' | 'rsync' | 'notify'>,
): string {
  const [before, after] = [
    [...tal.https, tal.rsync],
    [...order.https, order.rsync],
  ];
  const named = (word: string, uris: string[]): string[] =>
    uris.length === 0 ? [] : [`${word} ${uris.join(', ')}`];
  const notify = certificate.rpkiNotify ?? null;
  const changes = [
    ...named(
      'the TAL gets',
      after.filter((uri) => !before.includes(uri)),
    ),
    ...named(
      'the TAL loses',
      before.filter((uri) => !after.includes(uri)),
    ),
    ...(notify === order.notify ? [] : [`RRDP is ${order.notify ?? 'none'} instead of ${notify ?? 'none'}`]),
  ];
  return changes.join('; ') || 'the TAL and RRDP are the same';
}

export async function reissue(
  deps: { session(): Session; now(): Date },
  held: HeldSigner,
  order: ReissueOrder & { approvers: readonly string[] },
  job: JobContext,
): Promise<string[]> {
  const { anchor } = held;
  job.commit();
  job.report(0.2, 'Signing the certificate');
  const now = deps.now();
  const tal = { https: order.https, rsync: order.rsync };
  const certificate = await makeAnchorCertificate(
    {
      now,
      years: order.years,
      spkiDer: anchor.certificate.spkiDer,
      repository: { base: anchor.objects.baseUri, notify: order.notify },
      tal,
    },
    held.signing,
  );
  const next = {
    ...anchor,
    certificate,
    tal,
    timing: { ...anchor.timing, certificateValidityYears: order.years },
  };
  job.report(0.8, 'Validating it');
  requireValid(next, now);
  await deps.session().store.run('ta.replace', {
    half: 'signer',
    version: held.version,
    state: trustAnchorText(next),
    audit: {
      action: 'ta.reissue',
      outcome: 'done',
      summary: summaryOf(
        `Reissued the TA certificate ${anchor.objects.keyId} until ${momentText(certificate.notAfter)}${approvedBy(order.approvers)}: ${changedText(anchor, order)}`,
      ),
      subjects: [
        { type: 'ta-certificate', id: anchor.objects.keyId, sha256: sha256Hex(certificate.der) },
        {
          type: 'ta-certificate-before',
          id: anchor.objects.keyId,
          sha256: sha256Hex(anchor.certificate.der),
        },
        { type: 'serial', id: String(certificate.serial), sha256: null },
        { type: 'manifest', id: String(anchor.objects.number), sha256: null },
        ...[...order.https, order.rsync].map((uri) => ({ type: 'tal-uri', id: uri, sha256: null })),
        ...(order.notify === null ? [] : [{ type: 'rrdp', id: order.notify, sha256: null }]),
      ],
    },
  });
  return ['signer'];
}
