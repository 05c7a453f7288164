/** Authorities: the CA certificates that issue here, each with its limits for leaves. Signing is not done here. */
import { AppError } from '../../lib/app-error.ts';
import { change, read, type Tx } from '../command.ts';
import type { IssuingAuthority, LeafLimits, StoredAuthority } from '../columns.ts';
import { ISSUED_BY_LINE, isoSeconds, selectCertificates } from './certificate-rows.ts';

interface Row {
  certificate_id: string;
  purpose: 'root' | 'intermediate';
  limits: string;
  version: number;
}

/** Without what is counted. Throws AppError NOT_FOUND. */
export function issuingAuthority(tx: Tx, id: string): IssuingAuthority {
  const row = tx.get<Row>('SELECT * FROM authorities WHERE certificate_id = $id', { id });
  const [certificate] = selectCertificates(tx, 'c.id = $id', { id });
  if (row === undefined || certificate === undefined)
    throw new AppError('NOT_FOUND', 'This authority is no longer in the workspace.', { ids: [id] });
  const { purpose, limits, version } = row;
  return { id, purpose, certificate, leafLimits: JSON.parse(limits) as LeafLimits, version };
}

/** Throws AppError NOT_FOUND. */
export function findAuthority(tx: Tx, id: string): StoredAuthority {
  const authority = issuingAuthority(tx, id);
  const { certificate } = authority;
  const { lineage } = certificate;
  const issued = tx.get<{ count: number }>(
    `SELECT count(*) AS count FROM certificates c WHERE ${ISSUED_BY_LINE.join(' AND ')}`,
    { lineage },
  );
  const leaves = tx.get<{ count: number }>(
    `SELECT count(*) AS count FROM certificates c WHERE ${ISSUED_BY_LINE.join(' AND ')} AND c.is_ca = 0`,
    { lineage },
  );
  const attention = tx.get<{ count: number }>(
    `SELECT count(*) AS count FROM certificates c WHERE ${ISSUED_BY_LINE.join(' AND ')}
     AND c.is_ca = 0 AND c.replaced_by IS NULL AND c.revoked_at IS NULL AND c.renew_at <= $now`,
    { lineage, now: tx.atMs },
  );
  // The issuer may have been renewed since: the tree shows its newest certificate.
  const parent = tx.get<{ id: string }>(
    `SELECT n.id FROM certificates i JOIN certificates n ON n.lineage = i.lineage AND n.replaced_by IS NULL
     WHERE i.id = $issuer AND n.id <> $id`,
    { issuer: certificate.issuerId ?? '', id: certificate.id },
  );
  return {
    ...authority,
    parent: certificate.selfSigned ? null : (parent?.id ?? null),
    canSign: certificate.keyId !== null,
    issued: issued?.count ?? 0,
    leaves: leaves?.count ?? 0,
    attention: attention?.count ?? 0,
  };
}

export const authorityCommands = {
  /**
   * The current certificate of each authority, roots first, then by name. CROSS keeps the few authorities in front: SQLite
   * would begin with the many certificates that nothing has replaced.
   */
  'authorities.list': read((tx, _args: Record<string, never>): StoredAuthority[] =>
    tx
      .all<Row>(
        `SELECT a.* FROM authorities a CROSS JOIN certificates c ON c.id = a.certificate_id
         WHERE c.replaced_by IS NULL ORDER BY c.self_signed DESC, c.name, c.seq`,
      )
      .map((row) => findAuthority(tx, row.certificate_id)),
  ),
  /**
   * What still stands below one certificate of an authority and is neither over nor revoked: leaves, also of what was signed
   * below, and authorities that nothing has replaced. The authority's own line and what certifies `exceptSpki` do not count.
   */
  'authorities.below': read(
    (
      tx,
      args: { id: string; lineage: string; exceptSpki: string },
    ): { count: number; until: string | null } => {
      const row = tx.get<{ count: number; until: number | null }>(
        `WITH RECURSIVE below (id) AS (
           SELECT c.id FROM certificates c WHERE c.issuer_id = $id AND c.lineage <> $lineage
           UNION SELECT c.id FROM certificates c JOIN below b ON c.issuer_id = b.id)
         SELECT count(*) AS count, max(c.not_after) AS until FROM below b JOIN certificates c ON c.id = b.id
         WHERE c.not_after >= $now AND c.revoked_at IS NULL AND (c.is_ca = 0 OR c.replaced_by IS NULL)
           AND c.spki_sha256 <> $exceptSpki`,
        { ...args, now: tx.atMs },
      );
      const until = row?.until ?? null;
      return { count: row?.count ?? 0, until: until === null ? null : isoSeconds(until) };
    },
  ),
  'authorities.get': read((tx, { id }: { id: string }) => findAuthority(tx, id)),
  /** The authority's limits for leaves; whether they make sense is the caller's to check. */
  'authorities.setLimits': change((tx, { id, limits }: { id: string; limits: LeafLimits }): void => {
    findAuthority(tx, id);
    tx.run('UPDATE authorities SET limits = $limits, version = version + 1 WHERE certificate_id = $id', {
      id,
      limits: JSON.stringify(limits),
    });
  }),
};
