/** Rows of the store as the renderer sees them. */
import type { AuthorityRow, CertificateRow } from '#shared/contract/ca.ts';
import type { StoredAuthority, StoredCertificate } from '../store/columns.ts';
import { commonNameIn } from '../x509/distinguished-name.ts';

function pick<T, K extends keyof T & string>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}

/** What the row of a certificate shows as it is stored. */
const SHOWN = [
  'id',
  'name',
  'subject',
  'issuerId',
  'serial',
  'notBefore',
  'notAfter',
  'renewAt',
  'key',
  'isCa',
  'cross',
  'state',
  'source',
  'sha256',
] as const;

export function certificateRow(stored: StoredCertificate): CertificateRow {
  return { ...pick(stored, SHOWN), issuer: commonNameIn(stored.issuer) };
}

export function authorityRow(stored: StoredAuthority): AuthorityRow {
  const { certificate } = stored;
  return {
    id: stored.id,
    name: certificate.name,
    purpose: stored.purpose,
    parent: stored.parent,
    certificate: certificateRow(certificate),
    keyId: certificate.ski ?? '',
    canSign: stored.canSign,
    pathLength: certificate.pathLength,
    leafLimits: stored.leafLimits,
    issued: stored.issued,
    leaves: stored.leaves,
    attention: stored.attention,
  };
}
