/**
 * What may take the place of a certificate: same purpose, same authority, and what "renew" and "new key" say of the key.
 * The button, the review and the signature ask here alike; what the successor then looks like is start-draft.ts.
 */
import { problem, type Problem } from '../issuing/problem.ts';
import type { StoredAuthority, StoredCertificate } from '../store/columns.ts';
import type { Store } from '../store/store-contract.ts';
import type { IssueContext } from './issue-context.ts';

/** The authority that would sign the successor of `row`: its issuer's newest certificate. */
export async function currentIssuer(store: Store, row: StoredCertificate): Promise<StoredAuthority | null> {
  const { issuerId } = row;
  if (issuerId === null || issuerId === row.id) return null;
  const authorities = await store.run('authorities.list', {});
  const { lineage } = await store.run('certificates.get', { id: issuerId });
  return authorities.find(({ certificate }) => certificate.lineage === lineage) ?? null;
}

/** Why a certificate cannot be renewed or re-keyed here; "" when it can. */
export function whyNoReplacement(row: StoredCertificate, issuer: StoredAuthority | null): string {
  if (row.cross) return 'It is the cross-certificate of a root, and is made anew with the next one.';
  if (row.source !== 'issued' || row.purpose === '') return 'It was not issued here.';
  if (row.replacedBy !== null) return 'A newer certificate replaced it already.';
  if (row.revokedAt !== null) return 'It was revoked.';
  if (row.keyId === null) return 'Its key is not in this workspace: start from a new request.';
  if (row.purpose === 'root') return '';
  if (issuer === null) return 'Its issuer is not in this workspace.';
  return issuer.canSign ? '' : 'The key of its issuer is not in this workspace.';
}

/** SECURITY: a draft is the renderer's; what it says it replaces loses its state "good" when it is signed. */
export function checkReplaced({ data, replaced, issuer, key }: IssueContext): Problem[] {
  if (data.replaces === null) return [];
  if (replaced === null)
    return [problem('purpose', 'The certificate it replaces is no longer here.', 'Start anew.')];
  const { row, issuer: itsIssuer } = replaced;
  if (row.replacedBy !== null)
    return [problem('purpose', `${row.name} was replaced already.`, 'Start from its newest certificate.')];
  const whyNot = whyNoReplacement(row, itsIssuer);
  if (whyNot !== '') return [problem('purpose', `${row.name} cannot be replaced. ${whyNot}`, '')];
  if (data.purpose !== row.purpose)
    return [
      problem(
        'purpose',
        `What replaces ${row.name} keeps its purpose.`,
        'Issue another certificate instead.',
      ),
    ];
  // The draft may name an older certificate of the same authority; whether that may sign is decided elsewhere.
  if (issuer !== null && issuer.authority.certificate.lineage !== itsIssuer?.certificate.lineage)
    return [
      problem(
        'issuer',
        `It was signed by "${itsIssuer?.certificate.name ?? row.name}", and its successor is as well.`,
        'Choose that authority, or issue another certificate instead.',
      ),
    ];
  const sameKey = key?.spkiSha256 === row.spkiSha256;
  if (data.replaces.action === 'renew' && !sameKey)
    return [
      problem(
        'key',
        'A renewal keeps the key.',
        'Choose "new key" on the certificate instead for another one.',
      ),
    ];
  if (data.replaces.action === 'rekey' && sameKey)
    return [problem('key', 'This is the key it has now.', 'Make a new key.')];
  return [];
}
