/**
 * The authorities whose keys can move to another signer, and their roll (H-030): a draft as "new key" begins it, reviewed and
 * signed as the wizard does. The old key stays until what it signed has ended.
 */
import { algorithmName, type KeyAlgorithm } from '#shared/contract/keys.ts';
import { AppError } from '../lib/app-error.ts';
import type { JobContext } from '../lib/jobs.ts';
import type { Drafts } from '../drafts/drafts.ts';
import { type Roll, rolledAlgorithm, type RollTarget } from '../signers/migration.ts';
import type { StoredAuthority, StoredCertificate, StoredKey } from '../store/columns.ts';
import { crossSigner, whoCounts } from './cross-sign.ts';
import { issueContext } from './issue-context.ts';
import { profileOf } from './issue-preset.ts';
import { currentIssuer, whyNoReplacement } from './replacement.ts';
import { reviewOf } from './review.ts';
import { signDraft, type SignDeps } from './sign.ts';
import { replacementDraft } from './start-draft.ts';

interface RollDeps extends SignDeps {
  drafts: Drafts;
}

const day = (instant: string): string => instant.slice(0, 10);

/** Its line's older keys that lie elsewhere, and what still stands on them. */
async function leftBehind(deps: RollDeps, row: StoredCertificate, target: RollTarget) {
  const { store } = deps.session();
  const signers: string[] = [];
  let count = 0;
  let until = '';
  for (const old of await store.run('certificates.history', { lineage: row.lineage })) {
    if (old.keyId === null || old.spkiSha256 === row.spkiSha256) continue;
    const { signer } = await store.run('keys.get', { id: old.keyId });
    if (signer === target.id) continue;
    const below = await store.run('authorities.below', {
      id: old.id,
      lineage: row.lineage,
      exceptSpki: row.spkiSha256,
    });
    if (below.until === null) continue;
    signers.push(signer);
    count += below.count;
    if (below.until > until) until = below.until;
  }
  return { signers, count, until };
}

async function arrived(
  deps: RollDeps,
  row: StoredCertificate,
  target: RollTarget,
): Promise<Pick<Roll, 'state' | 'text' | 'signers'>> {
  const { signers, count, until } = await leftBehind(deps, row, target);
  if (count === 0) return { state: 'there', signers: [target.id], text: 'Its key is on the default signer.' };
  const ended =
    count === 1
      ? `the certificate below it ends on ${day(until)}`
      : `the ${count} certificates below it have ended, the last on ${day(until)}`;
  return {
    state: 'rolling',
    signers,
    text: `The new key signs from now on. The old one stays until ${ended}. Issue anew what has to move earlier.`,
  };
}

/** The rekeying of `row` as a draft of the wizard, with a new key on the target. */
async function signRekey(
  deps: RollDeps,
  authority: StoredAuthority,
  order: { target: RollTarget; algorithm: KeyAlgorithm; key: StoredKey },
  job: JobContext,
): Promise<string[]> {
  const { drafts, session, clock } = deps;
  const { store } = session();
  const row = authority.certificate;
  const issuer = await currentIssuer(store, row);
  const der = await store.run('certificates.der', { id: row.id });
  const data = replacementDraft({ row, der, issuer, authority, action: 'rekey', now: clock.now() });
  const draft = await drafts.start('ca.issue', {
    ...data,
    key: { from: 'new', algorithm: order.algorithm, label: '', signer: order.target.id },
  });
  let signed = false;
  try {
    job.report(null, 'Reviewing the new certificate');
    const context = await issueContext(deps, draft.id);
    const { digest, problems } = await reviewOf(context, deps);
    const [first] = problems;
    if (first !== undefined)
      throw new AppError('INVALID_INPUT', `${first.message} ${first.fix}`.trim(), { ids: [row.id] });
    const cross = authority.purpose === 'root' ? crossSigner(deps, { row, key: order.key }) : null;
    const ids = await signDraft(deps, context, { revision: draft.revision, digest }, job, cross);
    signed = true;
    return ids;
  } finally {
    // Nobody began it by hand: what did not come to be leaves no draft behind.
    if (!signed) await store.run('drafts.drop', { id: draft.id });
    deps.changed('drafts', [draft.id]);
  }
}

function rootWords({ certificate: { name, pathLength, notAfter } }: StoredAuthority, made: string) {
  const told = `Everybody who trusts “${name}” has to be told: systems, browsers and programs get the new root, and the old one stays trusted until what it signed has ended.`;
  return {
    text: `${made} becomes a new root. The old root signs a cross-certificate for it, until ${day(notAfter)} at most; hand that out with the chain, and who knows the old root alone goes on.`,
    warning: `${told} ${whoCounts(pathLength)}`.trim(),
  };
}

function intermediateWords(authority: StoredAuthority, made: string, issuer: StoredAuthority | null) {
  const { name } = authority.certificate;
  return {
    text: `${made} gets a certificate from “${issuer?.certificate.name ?? ''}”. The old key stays until the leaves it signed have ended.`,
    warning: `Whoever pins the key of “${name}” has to be told. Servers send the new intermediate with the certificates that are issued from now on.`,
  };
}

async function rollOf(deps: RollDeps, authority: StoredAuthority, target: RollTarget): Promise<Roll | null> {
  const { store } = deps.session();
  const { purpose, certificate: row } = authority;
  if (row.keyId === null) return null;
  const key = await store.run('keys.get', { id: row.keyId });
  const base = { owner: authority.id, title: row.name, what: purpose, warning: '', action: '', roll: null };
  if (key.signer === target.id) return { ...base, ...(await arrived(deps, row, target)) };
  const cannot = (text: string): Roll => ({ ...base, signers: [key.signer], state: 'cannot', text });
  const issuer = await currentIssuer(store, row);
  const whyNot = whyNoReplacement(row, issuer);
  if (whyNot !== '') return cannot(`${whyNot} Make a new authority on the default signer instead.`);
  if (row.state === 'expired')
    return cannot(`It ended on ${day(row.notAfter)}: nothing is left to roll. Destroy its key under Keys.`);
  const algorithm = rolledAlgorithm(key.algorithm, profileOf(purpose).keys.allowed, target);
  if (algorithm === null)
    return cannot(`“${target.name}” makes no key that an authority may have. Choose another default signer.`);
  const made =
    algorithm === key.algorithm
      ? `A new ${algorithmName(algorithm)} key`
      : `A new ${algorithmName(algorithm)} key, because “${target.name}” makes no ${algorithmName(key.algorithm)},`;
  return {
    ...base,
    ...(purpose === 'root' ? rootWords(authority, made) : intermediateWords(authority, made, issuer)),
    signers: [key.signer],
    state: 'can-roll',
    action: 'Roll key',
    roll: (job, to) => signRekey(deps, authority, { target: to, algorithm, key }, job),
  };
}

/** Roots first: what hangs below one is rolled after it. */
export async function authorityRolls(deps: RollDeps, target: RollTarget): Promise<Roll[]> {
  const authorities = await deps.session().store.run('authorities.list', {});
  const rolls = await Promise.all(authorities.map((authority) => rollOf(deps, authority, target)));
  const open = new Set(
    rolls.flatMap((roll) => (roll?.what === 'root' && roll.state === 'can-roll' ? [roll.owner] : [])),
  );
  return rolls.flatMap((roll, at) => {
    if (roll === null) return [];
    const parent = authorities[at]?.parent ?? '';
    const early = roll.state === 'can-roll' && open.has(parent);
    return early
      ? [{ ...roll, text: `${roll.text} Roll its root first, or this is to be done twice.` }]
      : [roll];
  });
}
