/** What was inspected and is kept: certificates of others, requests, CRLs. Nothing here was issued by this workspace. */
import { shownText } from '#shared/hidden-characters.ts';
import { AppError } from '../../lib/app-error.ts';
import { change, read, type SqlValue, type Tx } from '../command.ts';
import type { NewCertificate, NewObject, Page, PageRequest } from '../columns.ts';
import { insertCertificate } from './certificates.ts';
import { likeConditions } from './like.ts';

/** An imported certificate with what main found out about its place: who signed it, and what it signed. */
export interface ImportedCertificate {
  certificate: NewCertificate;
  /** The certificate here that signed it, itself when it is self-signed, or null. */
  issuerId: string | null;
  /** Certificates here whose signature it made and whose issuer was not known. */
  signed: string[];
}

export interface KeepArgs {
  certificates: ImportedCertificate[];
  requests: NewObject[];
  crls: NewObject[];
}

function keepObject(tx: Tx, table: 'requests' | 'crls', object: NewObject): string | null {
  const known = tx.get<{ id: string }>(`SELECT id FROM ${table} WHERE sha256 = $sha256`, {
    sha256: object.sha256,
  });
  if (known !== undefined) return known.id;
  tx.run(
    `INSERT INTO ${table} (id, sha256, name, der, facts, added_at) VALUES ($id, $sha256, $name, $der, $facts, $at)`,
    {
      id: object.id,
      sha256: object.sha256,
      name: object.name,
      der: object.der,
      facts: JSON.stringify(object.facts),
      at: tx.atMs,
    },
  );
  return null;
}

/** A kept request or CRL; `facts` are those its keeper wrote. */
export interface KeptObject {
  id: string;
  kind: 'request' | 'crl';
  sha256: string;
  name: string;
  facts: NewObject['facts'];
  keptAt: string;
}

interface KeptSqlRow extends Omit<KeptObject, 'facts' | 'keptAt'> {
  facts: string;
  added_at: number;
}

function keptObject({ facts, added_at: addedAt, ...row }: KeptSqlRow): KeptObject {
  return {
    ...row,
    name: shownText(row.name),
    facts: JSON.parse(facts) as NewObject['facts'],
    keptAt: new Date(addedAt).toISOString(),
  };
}

const KEPT = `(SELECT id, 'request' AS kind, sha256, name, facts, added_at FROM requests
  UNION ALL SELECT id, 'crl' AS kind, sha256, name, facts, added_at FROM crls)`;

/** Throws AppError NOT_FOUND. */
function findKept(tx: Tx, id: string): KeptObject {
  const row = tx.get<KeptSqlRow>(`SELECT * FROM ${KEPT} WHERE id = $id`, { id });
  if (row === undefined)
    throw new AppError('NOT_FOUND', 'This object is no longer in the workspace.', { ids: [id] });
  return keptObject(row);
}

const TABLES = { request: 'requests', crl: 'crls' } as const;

/** Newest first. The cursor is a place: few are ever kept, and none comes in between while somebody reads. */
function keptPage(tx: Tx, asked: PageRequest): Page<KeptObject> {
  const parameters: Record<string, SqlValue> = {};
  const where = `1${likeConditions(asked.query, ['name', 'sha256', 'facts'], parameters)}`;
  const total =
    tx.get<{ count: number }>(`SELECT count(*) AS count FROM ${KEPT} WHERE ${where}`, parameters)?.count ?? 0;
  const offset = Number(asked.cursor ?? 0);
  const rows = tx.all<KeptSqlRow>(
    `SELECT * FROM ${KEPT} WHERE ${where} ORDER BY added_at DESC, id LIMIT $limit OFFSET $offset`,
    { ...parameters, limit: asked.limit, offset },
  );
  const next = offset + rows.length;
  return { total, rows: rows.map(keptObject), cursor: next < total && rows.length > 0 ? String(next) : null };
}

export const objectCommands = {
  /** Keeps what is not there yet; what is there stays as it is. Answers ids. */
  'objects.keep': change((tx, args: KeepArgs): { added: string[]; alreadyThere: string[] } => {
    const added: string[] = [];
    const alreadyThere: string[] = [];
    const note = (id: string, known: string | null): void =>
      void (known === null ? added.push(id) : alreadyThere.push(known));
    const place = new Map<string, string>();
    for (const { certificate, issuerId, signed } of args.certificates) {
      const known = tx.get<{ id: string }>('SELECT id FROM certificates WHERE sha256 = $sha256', {
        sha256: certificate.sha256,
      });
      place.set(certificate.id, known?.id ?? certificate.id);
      note(certificate.id, known?.id ?? null);
      if (known !== undefined) continue;
      insertCertificate(tx, certificate, {
        source: 'imported',
        action: 'imported',
        // Its issuer may have come in the same file and be here under an older id.
        issuerId: issuerId === null ? null : (place.get(issuerId) ?? issuerId),
        replaces: null,
        lineage: certificate.id,
      });
      for (const id of signed)
        tx.run('UPDATE certificates SET issuer_id = $issuer WHERE id = $id AND issuer_id IS NULL', {
          id,
          issuer: certificate.id,
        });
    }
    for (const object of args.requests) note(object.id, keepObject(tx, 'requests', object));
    for (const object of args.crls) note(object.id, keepObject(tx, 'crls', object));
    return { added, alreadyThere };
  }),
  /** Certificates, requests and CRLs that are here, by the SHA-256 of their bytes. */
  'objects.known': read((tx, { sha256 }: { sha256: string[] }) =>
    tx.all<{ id: string; sha256: string }>(
      `SELECT id, sha256 FROM (SELECT id, sha256 FROM certificates
         UNION ALL SELECT id, sha256 FROM requests UNION ALL SELECT id, sha256 FROM crls)
       WHERE sha256 IN (SELECT value FROM json_each($hashes))`,
      { hashes: JSON.stringify(sha256) },
    ),
  ),
  'objects.list': read(keptPage),
  'objects.get': read((tx, { id }: { id: string }): KeptObject & { der: Uint8Array } => {
    const kept = findKept(tx, id);
    const row = tx.get<{ der: Uint8Array }>(`SELECT der FROM ${TABLES[kept.kind]} WHERE id = $id`, { id });
    return { ...kept, der: row?.der ?? new Uint8Array() };
  }),
  'objects.forget': change((tx, { id }: { id: string }): void => {
    tx.run(`DELETE FROM ${TABLES[findKept(tx, id).kind]} WHERE id = $id`, { id });
  }),
  /** Certificates without a known issuer that name this subject as theirs; with their bytes. */
  'objects.orphans': read((tx, { issuerNameSha256 }: { issuerNameSha256: string }) =>
    tx.all<{ id: string; der: Uint8Array }>(
      `SELECT c.id, d.der FROM certificates c JOIN certificate_der d ON d.id = c.id
       WHERE c.issuer_name_sha256 = $issuerNameSha256 AND c.issuer_id IS NULL LIMIT 1000`,
      { issuerNameSha256 },
    ),
  ),
};
