/** What the operator reads before signing: every field as it will be, findings, what is not granted, the trial. */
import { stopped } from '../lib/sentence.ts';
import { createHash } from 'node:crypto';
import type { Review } from '#shared/contract/issue-draft.ts';
import type { Finding } from '#shared/contract/channel.ts';
import { aboutDuration, readableDuration } from '../issuing/go-duration.ts';
import type { Issuing, Prepared } from '../issuing/issuing.ts';
import { CAREFUL_LEAF_SECONDS } from '../issuing/lifetime.ts';
import type { Problem } from '../issuing/problem.ts';
import { signatureScheme } from '../signers/signature-scheme.ts';
import { keyAlgorithmOf } from '../signers/stored-key.ts';
import { type CertificateFields, certificateFields } from '../x509/certificate-view.ts';
import { nameView, shortName } from '../x509/distinguished-name.ts';
import { bySeverity } from '../x509/lint.ts';
import { EXTENSION } from '../x509/oids.ts';
import { publicLimitDays } from '../x509/public-limit.ts';
import { decide, type Decision } from './decide.ts';
import type { HandedReviews } from './handed-reviews.ts';
import type { IssueContext } from './issue-context.ts';
import { isAuthorityPurpose, profileOf, STEP_LIMITS } from './issue-preset.ts';
import { notGranted } from './not-granted.ts';
import { opensslCommand } from './openssl-command.ts';

type ReviewProblem = Review['problems'][number];

const STEPS: [prefix: string, step: ReviewProblem['step']][] = [
  ['names', 'names'],
  ['key', 'key'],
  ['lifetime', 'validity'],
  ['backdate', 'validity'],
  ['pathLength', 'validity'],
  ['leafLimits', 'validity'],
  ['status', 'validity'],
];

function placed({ path, message, fix, quote }: Problem): ReviewProblem {
  const step = STEPS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'purpose';
  return { path, step, message, fix, ...(quote === undefined ? {} : { quote }) };
}

/** Everything that decides what is signed, but for the moment and the serial: a review of something else has another digest. */
export function reviewDigest({ draft, data, issuer, key, holder }: IssueContext): string {
  return createHash('sha256')
    .update(
      JSON.stringify([
        'baleen-review-1',
        draft.id,
        draft.revision,
        data,
        issuer?.authority.id ?? null,
        issuer?.authority.version ?? null,
        key?.spkiSha256 ?? null,
        holder?.id ?? null,
      ]),
    )
    .digest('hex');
}

/** The trial certificate holds a throw-away key where the real one is made at signing: its identifier is not shown. */
function keyIdLine(label: string, hex: string, unknown: boolean): Review['lines'][number] {
  return unknown
    ? { label, value: 'of the key that is made at signing', note: 'SHA-1 of it, RFC 5280', mono: false }
    : { label, value: hex, note: '', mono: true, hex: true };
}

function linesOf(context: IssueContext, view: CertificateFields, notes: readonly string[]): Review['lines'] {
  const { data, now, issuer, holder } = context;
  const line = (label: string, value: string, note = '', mono = false) => ({ label, value, note, mono });
  // Certificates have whole seconds: the part of one that has passed is no part of a lifetime.
  const stated = (new Date(view.notAfter).getTime() - Math.floor(now.getTime() / 1000) * 1000) / 1000;
  const extensions = view.extensions.map((extension) => {
    const label = extension.name === '' ? extension.oid : extension.name;
    if (extension.oid === EXTENSION.subjectKeyIdentifier)
      return keyIdLine(label, extension.text, data.key.from === 'new');
    if (extension.oid === EXTENSION.authorityKeyIdentifier)
      return keyIdLine(label, extension.text, data.purpose === 'root' && data.key.from === 'new');
    const one = line(label, extension.text, extension.critical ? 'critical' : '', true);
    return extension.oid === EXTENSION.subjectAltName ? { ...one, names: view.names } : one;
  });
  return [
    line('Subject', view.subject.text || '(empty)', data.subject.length === 0 ? 'the names count' : '', true),
    line('Issuer', view.issuer.text, data.purpose === 'root' ? 'itself' : '', true),
    line(
      'Serial number',
      `${profileOf(data.purpose).serialBits} random bits`,
      'drawn at signing, never repeated',
    ),
    line(
      'Valid from',
      view.notBefore,
      `if it is signed now; ${readableDuration(data.backdateSeconds)} back-dated`,
      true,
    ),
    line('Valid until', view.notAfter, `${aboutDuration(stated)} from the moment of signing`, true),
    line(
      'Key',
      view.key.text,
      data.key.from === 'new'
        ? `made at signing, ${holder === null || holder.kind === 'software' ? 'in this workspace' : `by “${holder.name}”`}`
        : data.key.from === 'request'
          ? 'from the request'
          : 'exists',
    ),
    line('Signature', view.signatureAlgorithm, '', true),
    ...extensions,
    ...(isAuthorityPurpose(data.purpose)
      ? [
          line(
            'Leaves it issues live',
            `${readableDuration(data.leafLimits.minSeconds)} to ${readableDuration(data.leafLimits.maxSeconds)}`,
            `${readableDuration(data.leafLimits.defaultSeconds)} unless chosen`,
          ),
        ]
      : [
          line(
            'Limits of the issuer',
            issuer === null
              ? ''
              : `${readableDuration(issuer.authority.leafLimits.minSeconds)} to ${readableDuration(issuer.authority.leafLimits.maxSeconds)}`,
          ),
        ]),
    ...(notes.length === 0 ? [] : [line('Notes', notes.join('; '))]),
  ];
}

/** What the longest life of its leaves means, while it is still easily changed. */
function leafLimitFindings(maxSeconds: number, now: Date): Finding[] {
  const most = publicLimitDays(now);
  const note = (code: string, text: string, clause: string): Finding[] => [
    { code, severity: 'note', text, where: 'leafLimits', clause },
  ];
  if (maxSeconds > most * 86_400)
    return note(
      'LEAF_LIMIT_LONG',
      `Its leaves may live ${readableDuration(maxSeconds)}; browsers take at most ${most} days from public CAs today, and shorter is safer.`,
      'CABF BR 6.3.2',
    );
  return maxSeconds === STEP_LIMITS.maxSeconds
    ? note(
        'LEAF_LIMIT_PRESET',
        `Its leaves live at most ${readableDuration(maxSeconds)}: raise “At most” under Validity and limits if they are not renewed by machine.`,
        '',
      )
    : [];
}

function ownFindings({ data, key, away, now }: IssueContext): Finding[] {
  const found: Finding[] = [];
  const add = (
    code: string,
    severity: Finding['severity'],
    text: string,
    where: string,
    clause: string,
  ): void => void found.push({ code, severity, text, where, clause });
  const authority = isAuthorityPurpose(data.purpose);
  if (!authority && data.lifetimeSeconds > CAREFUL_LEAF_SECONDS)
    add(
      'LEAF_OVER_90_DAYS',
      'careful',
      `It lives ${readableDuration(data.lifetimeSeconds)}: a stolen key is useful that long, and renewals that rare are forgotten. 24 hours to 90 days renewed by machine is safer.`,
      'validity',
      'NIST SP 800-57 5.3.6',
    );
  if (authority) found.push(...leafLimitFindings(data.leafLimits.maxSeconds, now));
  if (key !== null && key.certificates.length > 0 && data.replaces === null)
    add(
      'KEY_SHARED',
      'careful',
      `Its key is used by ${key.certificates[0]?.name ?? 'another certificate'} already: who has one has both.`,
      'subjectPublicKeyInfo',
      'NIST SP 800-57 5.2',
    );
  for (const { name, state, text } of away)
    add(
      'SIGNER_AWAY',
      'careful',
      `“${name}” is needed for it and ${state === 'retrying' ? 'was not there' : 'could not be used'} when it was tried last: ${text} Mend that before you sign.`,
      'signer',
      '',
    );
  return found;
}

function chainOf(context: IssueContext, view: CertificateFields): Review['chain'] {
  const { issuer, data } = context;
  const above = (issuer?.ancestors ?? []).map((certificate) => ({
    name: shortName(nameView(certificate.subject)),
    detail: `until ${certificate.notAfter.toISOString().slice(0, 10)}`,
    current: false,
  }));
  return [
    ...above.toReversed(),
    {
      name: shortName(view.subject) || view.names[0]?.value || profileOf(data.purpose).title,
      detail: `until ${view.notAfter.slice(0, 10)}`,
      current: true,
    },
  ];
}

function prepared(issuing: Issuing, decision: Decision): Promise<Prepared> | null {
  const { order, issuer, signedBy, subjectKey } = decision;
  return order === null ? null : issuing.prepare({ order, issuer, signedBy, subjectKey });
}

const isDevice = (signer: string | undefined): boolean => signer !== undefined && signer !== 'software';

/** The review of a draft as it is now. Nothing real is signed. Its `digest` is the word that approves it, once. */
export async function reviewOf(
  context: IssueContext,
  { issuing, reviews }: { issuing: Issuing; reviews: HandedReviews },
): Promise<Review> {
  const decision = decide(context);
  const problems = decision.problems.map(placed);
  const { order, subjectKey, signedBy } = decision;
  const { data, request } = context;
  const trial = await prepared(issuing, decision);
  if (trial !== null && !trial.trial.ok)
    for (const finding of trial.findings.filter(({ severity }) => severity === 'bad'))
      problems.push({ path: 'purpose', step: 'purpose', message: finding.text, fix: '' });
  if (trial !== null && trial.trialCertificate === null)
    problems.push({
      path: 'purpose',
      step: 'purpose',
      message: `It cannot be written: ${stopped(trial.trial.text)}`,
      fix: '',
    });
  const certificate = trial?.trialCertificate ?? null;
  const view = certificate === null ? null : certificateFields(certificate);
  return {
    digest: problems.length === 0 ? reviews.hand(reviewDigest(context)) : '',
    problems,
    lines: view === null ? [] : linesOf(context, view, decision.notes),
    findings: bySeverity([...(trial?.findings ?? []), ...ownFindings(context)]),
    notGranted: request === null ? [] : notGranted(request, profileOf(data.purpose), data),
    chain: view === null ? [] : chainOf(context, view),
    command:
      order === null
        ? ''
        : opensslCommand(order, {
            newKey: typeof subjectKey === 'string' ? subjectKey : null,
            fromRequest: request !== null,
            onDevice: {
              subject: isDevice(context.key?.signer ?? context.holder?.id),
              issuer: isDevice(context.issuer?.key?.signer),
            },
            rsa: (typeof subjectKey === 'string'
              ? subjectKey
              : (keyAlgorithmOf(subjectKey) ?? '')
            ).startsWith('rsa-'),
            hash: signatureScheme(typeof signedBy === 'string' ? signedBy : signedBy.algorithm).hash,
          }),
    trial: trial?.trial ?? null,
  };
}
