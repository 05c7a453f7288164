/**
 * The way out after something was signed with a clock that was ahead: whatever begins in the future is made anew with the time
 * of this machine, under a higher number. Relying parties whose clocks are right never validated the objects of the future (RFC 9286
 * 6.3), and compare number and time with the last manifest that they did validate (4.2.1): they take what is made here.
 */
import { summaryOf } from '../../audit/audit-record.ts';
import { momentText } from '../../lib/moment-text.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { JobContext } from '../../lib/jobs.ts';
import type { Session } from '../../store/store-contract.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import type { CertInfo } from '../objects.ts';
import { approvedBy } from '../review/approvers.ts';
import { certify } from './certify.ts';
import { aheadText, isFarAhead, requireDate } from './clock.ts';
import type { HeldSigner } from './held-signer.ts';
import { makeAnchorCertificate, makeIdentityOf } from './make-trust-anchor.ts';
import { publish, weeksLater } from './publish.ts';
import { requireAllValid } from './set-up.ts';
import { type TrustAnchor, trustAnchorText } from './trust-anchor.ts';

/** Throws AppError: nothing is ahead, or the date that was typed is not this machine's. */
export function requireGoOn(held: HeldSigner, today: string, now: Date): void {
  if (!isFarAhead(held.lastAt, now))
    throw new AppError(
      'NOT_ALLOWED_NOW',
      held.lastAt.getTime() > now.getTime()
        ? aheadText(held.lastAt, now)
        : 'Nothing here was signed ahead of this clock: go on as always.',
    );
  requireDate(today, now);
}

/** What begins after `now` would be good for nobody until then. */
const isFuture = (instant: string, now: Date): boolean => Date.parse(instant) > now.getTime();

const notBefore = (der: Uint8Array): string => parseCertificate(der).notBefore.toISOString();

/** Its objects with a higher number and the time of `now`, and no certificate that begins later. */
async function objectsFrom(now: Date, { highest, signing }: HeldSigner, anchor: TrustAnchor) {
  const { objects, timing, tal } = anchor;
  const issued = new Map<string, CertInfo>();
  const revocations = [...objects.revocations];
  for (const [keyId, info] of objects.issued) {
    if (!isFuture(info.notBefore, now)) {
      issued.set(keyId, info);
      continue;
    }
    // It was signed and may be with somebody: it will be on the CRL when it begins.
    revocations.push({ serial: info.serial, revokedAt: now.toISOString(), expires: info.notAfter });
    issued.set(keyId, await certify({ anchor, now }, { ...info, keyId }, signing));
  }
  return publish(
    {
      number: highest + 1n,
      now,
      nextUpdate: weeksLater(now, timing.mftNextUpdateWeeks),
      keyId: objects.keyId,
      baseUri: objects.baseUri,
      certificateUri: tal.rsync,
      issued,
      revocations,
    },
    signing.ta,
    signing,
  );
}

/** Answers "signer". Nothing of it is published: signer-info.json and the next response bring it to the proxy. */
export async function goOn(
  deps: { session(): Session; now(): Date },
  held: HeldSigner,
  approvers: readonly string[],
  job: JobContext,
): Promise<string[]> {
  const { anchor, highest } = held;
  job.commit();
  job.report(0.1, 'Making anew what begins in the future');
  const now = deps.now();
  const { tal, timing } = anchor;
  const certificate = isFuture(anchor.certificate.notBefore, now)
    ? await makeAnchorCertificate(
        {
          now,
          years: timing.certificateValidityYears,
          spkiDer: anchor.certificate.spkiDer,
          repository: { base: anchor.objects.baseUri, notify: anchor.certificate.rpkiNotify },
          tal,
        },
        held.signing,
      )
    : anchor.certificate;
  const again = isFuture(anchor.objects.thisUpdate, now);
  const objects = again ? await objectsFrom(now, held, { ...anchor, certificate }) : anchor.objects;
  // Set up by the same clock: the key stays, and whoever compares its fingerprint compares the new certificate's.
  const identity = isFuture(notBefore(anchor.identity.certificateDer), now)
    ? await makeIdentityOf(anchor.identity.spkiDer, now, held.signing.identity.certificate)
    : anchor.identity;
  const next = { ...anchor, identity, certificate, objects };
  job.report(0.8, 'Validating it');
  requireAllValid(next, now);
  const { keyId } = objects;
  const reason = `what was signed before is of ${momentText(held.lastAt)}, by a clock that was ahead`;
  await deps.session().store.run('ta.replace', {
    half: 'signer',
    version: held.version,
    state: trustAnchorText(next),
    ...(again ? { number: { keyId, number: highest + 1n, reason } } : {}),
    audit: {
      action: 'ta.goOn',
      outcome: 'done',
      summary: summaryOf(
        `Went on from the clock of this machine, with today’s date compared${approvedBy(approvers)}: ${reason}${again ? `; CRL and manifest have number ${highest + 1n}` : ''}`,
      ),
      subjects: [
        { type: 'ta-certificate', id: keyId, sha256: sha256Hex(certificate.der) },
        { type: 'manifest', id: String(objects.number), sha256: sha256Hex(objects.manifest.der) },
      ],
    },
  });
  return ['signer'];
}
