/**
 * The signature itself, as a job: decide again, make the key, prepare, issue, keep. Everything it makes is stored in one
 * transaction after the signature, or nothing is.
 */
import { stopped } from '../lib/sentence.ts';
import type { Topic } from '#shared/bridge.ts';
import type { Purpose } from '#shared/contract/issue-draft.ts';
import { AppError } from '../lib/app-error.ts';
import { newId } from '../lib/ids.ts';
import type { JobContext } from '../lib/jobs.ts';
import type { Clock, Random } from '../ports.ts';
import type { Issuing } from '../issuing/issuing.ts';
import type { RoutedKey, SignerRouter } from '../signers/router.ts';
import { AUTHORITY_USES, LEAF_USES, newKeyRow } from '../signers/stored-key.ts';
import { certificateColumns } from '../store/certificate-columns.ts';
import type { NewKey, StoredCertificate } from '../store/columns.ts';
import type { Session } from '../store/store-contract.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { CrossSign } from './cross-sign.ts';
import { decide } from './decide.ts';
import type { HandedReviews } from './handed-reviews.ts';
import type { IssueContext } from './issue-context.ts';
import { isAuthorityPurpose } from './issue-preset.ts';
import { reviewDigest } from './review.ts';

export interface SignDeps {
  clock: Clock;
  random: Random;
  session(): Session;
  issuing: Issuing;
  reviews: HandedReviews;
  router: SignerRouter;
  changed(topic: Topic, ids: string[]): void;
}

const WORDS: Record<Purpose, string> = {
  root: 'root CA',
  intermediate: 'intermediate CA',
  server: 'server certificate',
  client: 'client certificate',
  'server-client': 'server and client certificate',
};

/** The key the draft asks to be made, or null when it brings one. */
async function madeKey(
  deps: SignDeps,
  { data, holder }: IssueContext,
  signal: AbortSignal,
): Promise<{ routed: RoutedKey; label: string } | null> {
  if (data.key.from !== 'new' || holder === null) return null;
  const name =
    data.subject.findLast(({ type }) => type === 'CN')?.value ?? data.names.dns.split(/[\s,;]/)[0] ?? '';
  const label = data.key.label.trim() || `${name || WORDS[data.purpose]} key`.slice(0, 80);
  const routed = await deps.router.create(
    holder.id,
    {
      id: newId('key', deps.random),
      algorithm: data.key.algorithm,
      label,
      uses: isAuthorityPurpose(data.purpose) ? AUTHORITY_USES : LEAF_USES,
    },
    signal,
  );
  return { routed, label };
}

function summaryOf(
  context: IssueContext,
  made: StoredCertificate | { name: string; serial: string; notAfter: string },
  crossed: boolean,
): string {
  const by = context.issuer === null ? 'itself' : `"${context.issuer.authority.certificate.name}"`;
  const verb = { none: 'Issued', renew: 'Renewed', rekey: 'Re-keyed' }[
    context.data.replaces?.action ?? 'none'
  ];
  return `${verb} ${WORDS[context.data.purpose]} "${made.name}", signed by ${by}, serial ${made.serial}, until ${made.notAfter}${crossed ? '; the old key cross-signed it' : ''}`;
}

/** Throws AppError CONFLICT when the draft is not the one that was reviewed, INVALID_INPUT when it cannot be signed. */
function requireReviewed(
  { reviews }: SignDeps,
  context: IssueContext,
  asked: { revision: number; digest: string },
): void {
  const { draft } = context;
  if (draft.signed) throw new AppError('NOT_ALLOWED_NOW', 'This draft was signed already.');
  if (draft.revision !== asked.revision)
    throw new AppError('CONFLICT', 'Something changed since the review. Look at it again, then sign.');
  reviews.require(asked.digest, reviewDigest(context));
}

/**
 * `context` as it was read when the job began: whoever changes it meanwhile is found by the store's command. `crossSign`: what the
 * key it replaces signs for it, stored with it or not at all.
 */
export async function signDraft(
  deps: SignDeps,
  context: IssueContext,
  asked: { revision: number; digest: string },
  job: JobContext,
  crossSign: CrossSign | null = null,
): Promise<string[]> {
  const { session, issuing, router, random } = deps;
  requireReviewed(deps, context, asked);
  const { draft, data, issuer } = context;
  const decision = decide(context);
  const [first] = decision.problems;
  if (decision.order === null)
    throw new AppError(
      'INVALID_INPUT',
      first === undefined ? 'It cannot be signed yet.' : `${first.message} ${first.fix}`.trim(),
    );
  job.report(null, 'Making the key');
  const made = await madeKey(deps, context, job.signal);
  let stored: StoredCertificate | null = null;
  try {
    job.report(null, 'Checking with a trial signature');
    const subjectKey = made?.routed.spkiDer ?? decision.subjectKey;
    const signedBy = data.purpose === 'root' && made !== null ? made.routed : decision.signedBy;
    const { token, findings, trial } = await issuing.prepare({
      order: decision.order,
      issuer: decision.issuer,
      signedBy,
      subjectKey,
    });
    if (token === null || typeof signedBy === 'string')
      throw new AppError(
        'INVALID_INPUT',
        findings.find(({ severity }) => severity === 'bad')?.text ?? stopped(trial.text),
      );
    job.commit();
    deps.reviews.use(asked.digest);
    job.report(null, 'Signing');
    const issued = await issuing.issue(token);
    const cross =
      crossSign === null ? null : await crossSign({ order: decision.order, spkiDer: signedBy.spkiDer });
    job.report(null, 'Keeping it');
    const certificate = certificateColumns(issued, {
      id: newId('crt', random),
      purpose: data.purpose,
      authority: isAuthorityPurpose(data.purpose)
        ? { purpose: data.purpose, leafLimits: data.leafLimits }
        : null,
    });
    const key: NewKey | null = made === null ? null : newKeyRow(made.routed, made.label, 'generated');
    stored = await session().store.run('certificates.issue', {
      certificate,
      key,
      issuer: issuer === null ? null : { id: issuer.authority.id, version: issuer.authority.version },
      serialScope: sha256Hex(signedBy.spkiDer),
      replaces: data.replaces,
      draft: { id: draft.id, revision: draft.revision },
      cross,
      audit: {
        action: 'ca.sign',
        outcome: 'done',
        summary: summaryOf(context, certificate, cross !== null),
        subjects: [
          { type: 'certificate', id: certificate.id, sha256: certificate.sha256 },
          ...(cross === null
            ? []
            : [{ type: 'certificate', id: cross.certificate.id, sha256: cross.certificate.sha256 }]),
          ...(issuer === null
            ? []
            : [{ type: 'issuer', id: issuer.authority.id, sha256: issuer.authority.certificate.sha256 }]),
          ...(key === null ? [] : [{ type: 'key', id: key.id, sha256: key.spkiSha256 }]),
        ],
      },
    });
  } finally {
    // A key whose certificate did not come to be must not stay behind in its signer.
    if (made !== null && stored === null) await router.discard(made.routed);
  }
  const { changed } = deps;
  changed('certificates', [stored.id, ...(data.replaces === null ? [] : [data.replaces.certificate])]);
  changed('authorities', [stored.id]);
  changed('keys', []);
  changed('drafts', [draft.id]);
  return [stored.id];
}
