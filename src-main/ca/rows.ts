/** Rows of the store as the renderer sees them. */
import type { AuthorityRow, CertificateRow } from '#shared/contract/ca.ts';
import type { StoredAuthority, StoredCertificate } from '../store/columns.ts';
import { commonNameIn } from '../x509/distinguished-name.ts';

export function certificateRow(stored: StoredCertificate): CertificateRow {
  const {
    id,
    name,
    subject,
    issuerId,
    serial,
    notBefore,
    notAfter,
    renewAt,
    key,
    isCa,
    state,
    source,
    sha256,
  } = stored;
  return {
    id,
    name,
    subject,
    issuer: commonNameIn(stored.issuer),
    issuerId,
    serial,
    notBefore,
    notAfter,
    renewAt,
    key,
    isCa,
    state,
    source,
    sha256,
  };
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
    attention: stored.attention,
  };
}
