/** A row of the certificate table as main sees it, and the state every list and count shows. It writes nothing. */
import type { CertificateRow } from '#shared/contract/ca.ts';
import { shownText } from '#shared/hidden-characters.ts';
import type { SqlValue, Tx } from '../command.ts';
import type { StoredCertificate } from '../columns.ts';

/** In the order of urgency; `$now` is bound by every caller. */
export const STATE_SQL = `CASE
  WHEN c.revoked_at IS NOT NULL THEN 'revoked'
  WHEN c.replaced_by IS NOT NULL THEN 'replaced'
  WHEN c.not_before > $now THEN 'notYet'
  WHEN c.not_after < $now THEN 'expired'
  WHEN c.renew_at <= $now THEN 'renew'
  ELSE 'good' END`;

/**
 * What the line of renewals `$lineage` issued, itself not among it: a renewed authority goes on with what its predecessors
 * signed, in every count and list.
 */
export const ISSUED_BY_LINE = [
  'c.issuer_id IN (SELECT id FROM certificates WHERE lineage = $lineage)',
  'c.seq NOT IN (SELECT seq FROM certificates WHERE lineage = $lineage)',
] as const;

/** The same with what it signed for itself. */
export const SIGNED_BY_LINE = [ISSUED_BY_LINE[0]] as const;

/** "C" is the certificate, "k" its key unless that was destroyed. */
export const CERTIFICATE_FROM =
  'certificates c LEFT JOIN keys k ON k.id = c.key_id AND k.destroyed_at IS NULL';

export const CERTIFICATE_COLUMNS = `c.seq, c.id, c.name, c.subject, c.issuer, c.issuer_id, c.serial, c.not_before, c.not_after,
  c.renew_at, c.key, c.is_ca, ${STATE_SQL} AS state, c.source, c.sha256, c.purpose, c.subject_name_sha256,
  c.issuer_name_sha256, c.spki_sha256, c.ski, c.aki, c.path_length, c.self_signed, k.id AS key_id, c.replaces,
  c.replaced_by, c.action, c.lineage, c.revoked_at, c.added_at`;

export interface CertificateSqlRow {
  seq: number;
  id: string;
  name: string;
  subject: string;
  issuer: string;
  issuer_id: string | null;
  serial: string;
  not_before: number;
  not_after: number;
  renew_at: number;
  key: string;
  is_ca: number;
  state: CertificateRow['state'];
  source: CertificateRow['source'];
  sha256: string;
  purpose: StoredCertificate['purpose'];
  subject_name_sha256: string;
  issuer_name_sha256: string;
  spki_sha256: string;
  ski: string | null;
  aki: string | null;
  path_length: number | null;
  self_signed: number;
  key_id: string | null;
  replaces: string | null;
  replaced_by: string | null;
  action: StoredCertificate['action'];
  lineage: string;
  revoked_at: number | null;
  added_at: number;
}

/** Certificates have whole seconds; the rest keeps its milliseconds. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

export function storedCertificate(row: CertificateSqlRow): StoredCertificate {
  return {
    id: row.id,
    // What was kept before hidden characters were written out.
    name: shownText(row.name),
    subject: shownText(row.subject),
    issuer: shownText(row.issuer),
    issuerId: row.issuer_id,
    serial: row.serial,
    notBefore: isoSeconds(row.not_before),
    notAfter: isoSeconds(row.not_after),
    renewAt: isoSeconds(row.renew_at),
    key: row.key,
    isCa: row.is_ca === 1,
    cross: row.is_ca === 1 && row.source === 'issued' && row.purpose === '',
    state: row.state,
    source: row.source,
    sha256: row.sha256,
    purpose: row.purpose,
    subjectNameSha256: row.subject_name_sha256,
    issuerNameSha256: row.issuer_name_sha256,
    spkiSha256: row.spki_sha256,
    ski: row.ski,
    aki: row.aki,
    pathLength: row.path_length,
    selfSigned: row.self_signed === 1,
    keyId: row.key_id,
    replaces: row.replaces,
    replacedBy: row.replaced_by,
    action: row.action,
    lineage: row.lineage,
    revokedAt: row.revoked_at === null ? null : isoSeconds(row.revoked_at),
    addedAt: new Date(row.added_at).toISOString(),
  };
}

/** Certificates that meet `where`, newest added first. */
export function selectCertificates(
  tx: Tx,
  where: string,
  parameters: Record<string, SqlValue>,
  rest = 'ORDER BY c.seq DESC',
): StoredCertificate[] {
  return tx
    .all<CertificateSqlRow>(`SELECT ${CERTIFICATE_COLUMNS} FROM ${CERTIFICATE_FROM} WHERE ${where} ${rest}`, {
      ...parameters,
      now: tx.atMs,
    })
    .map(storedCertificate);
}
