/** Everything a draft refers to, fetched: issuer with its ancestors, key, request, the certificate it replaces. */
import { stopped } from '../lib/sentence.ts';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import type { DraftOf } from '#shared/contract/drafts.ts';
import { AppError } from '../lib/app-error.ts';
import type { Drafts } from '../drafts/drafts.ts';
import type { Clock } from '../ports.ts';
import type { SignerFacts } from '../signers/signer.ts';
import type { SignerRouter } from '../signers/router.ts';
import type { IssuingAuthority, StoredAuthority, StoredCertificate, StoredKey } from '../store/columns.ts';
import type { IssueParts } from '../store/commands/issue-parts.ts';
import type { Session, Store } from '../store/store-contract.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { type CertificationRequest, parseRequest } from '../x509/request.ts';
import { X509Error } from '../x509/x509-error.ts';
import { currentIssuer } from './replacement.ts';

export interface IssuerContext {
  authority: IssuingAuthority;
  certificate: Certificate;
  /** null: the workspace does not hold it. */
  key: StoredKey | null;
  /** The issuer itself first, then what signed it, up to the root. */
  ancestors: Certificate[];
}

export interface IssueContext {
  draft: DraftOf<'ca.issue'>;
  data: IssueDraft;
  now: Date;
  rehearsal: boolean;
  issuer: IssuerContext | null;
  /** The existing key the draft names; null when it makes a new one, starts from a request, or the key is gone. */
  key: StoredKey | null;
  request: CertificationRequest | null;
  /** Who will make the new key; null when none is made, or the chosen signer is gone. */
  holder: SignerFacts | null;
  /** Devices that are needed for it and were not there, or could not be used, when they were tried last. */
  away: SignerFacts[];
  /** With its issuer's newest certificate; null when nothing is replaced, or what is to be is gone. */
  replaced: { row: StoredCertificate; issuer: StoredAuthority | null } | null;
}

function issuerOf(parts: IssueParts['issuer']): IssuerContext | null {
  if (parts === null) return null;
  const ancestors = parts.ancestors.map(parseCertificate);
  const [certificate] = ancestors;
  return certificate === undefined
    ? null
    : { authority: parts.authority, certificate, key: parts.key, ancestors };
}

/** Reads a request that a draft carries. Throws AppError INVALID_INPUT. */
export function requestOf(der: Uint8Array): CertificationRequest {
  try {
    return parseRequest(der);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new AppError(
      'INVALID_INPUT',
      `This is no certificate request: ${stopped(error.message)} Choose a CSR file.`,
    );
  }
}

/** null for what is no longer there; anything else passes through. */
async function ifThere<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

async function whatItReplaces(store: Store, { replaces }: IssueDraft): Promise<IssueContext['replaced']> {
  if (replaces === null) return null;
  const row = await ifThere(store.run('certificates.get', { id: replaces.certificate }));
  return row === null ? null : { row, issuer: await currentIssuer(store, row) };
}

/** The signer that a draft's new key is made by, the default one when nobody chose. */
function holderOf(
  signers: readonly SignerFacts[],
  { key }: IssueDraft,
  defaultSigner: string,
): SignerFacts | null {
  if (key.from !== 'new') return null;
  const chosen = key.signer ?? defaultSigner;
  return signers.find(({ id }) => id === chosen) ?? null;
}

/** Reads the draft with all of it. Throws AppError NOT_FOUND when the draft is gone, INVALID_INPUT for a request that is none. */
export async function issueContext(
  deps: { clock: Clock; session(): Session; router: SignerRouter; drafts: Drafts },
  id: string,
): Promise<IssueContext> {
  const { store, workspace } = deps.session();
  const parts = await store.run('drafts.issueParts', { id });
  const draft = await deps.drafts.readStored('ca.issue', parts.draft);
  const { data } = draft;
  // Contacts nobody.
  const signers = await deps.router.describe();
  const holder = holderOf(signers, data, deps.router.defaultSigner());
  const issuer = issuerOf(parts.issuer);
  // Without an issuer it signs itself.
  const needed = new Set([holder?.id, issuer === null ? parts.key?.signer : issuer.key?.signer]);
  return {
    draft,
    data,
    now: deps.clock.now(),
    rehearsal: workspace.kind === 'rehearsal',
    issuer,
    key: parts.key,
    request: data.key.from === 'request' ? requestOf(Buffer.from(data.key.requestDer, 'base64')) : null,
    holder,
    away: signers.filter(
      (one) => needed.has(one.id) && (one.state === 'retrying' || one.state === 'unusable'),
    ),
    replaced: await whatItReplaces(store, data),
  };
}
