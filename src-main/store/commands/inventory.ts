/** Certificates as the screens list, count and search them: keyset pages, so that the last of 100,000 costs as the first. */
import type { CertificateRow } from '#shared/contract/ca.ts';
import { read, type SqlValue, type Tx } from '../command.ts';
import type { Page, PageRequest, StoredCertificate } from '../columns.ts';
import { cursorText, readCursor } from './cursor.ts';
import {
  CERTIFICATE_COLUMNS,
  CERTIFICATE_FROM,
  type CertificateSqlRow,
  ISSUED_BY_LINE,
  STATE_SQL,
  storedCertificate,
} from './certificate-rows.ts';

export interface InventoryQuery extends PageRequest {
  state: CertificateRow['state'] | null;
  issuer: string | null;
  role: 'ca' | 'leaf' | null;
  sort: 'name' | 'issuer' | 'notAfter' | 'key' | 'state' | 'added';
  descending: boolean;
}

/** "state" sorts by what needs a person first. */
const SORTS: Record<InventoryQuery['sort'], string> = {
  name: 'c.name',
  issuer: 'c.issuer',
  notAfter: 'c.not_after',
  key: 'c.key',
  state: `CASE ${STATE_SQL} WHEN 'expired' THEN 0 WHEN 'renew' THEN 1 WHEN 'notYet' THEN 2 WHEN 'good' THEN 3 WHEN 'replaced' THEN 4 ELSE 5 END`,
  added: 'c.seq',
};

const prefix = (word: string): string => `"${word.replaceAll('"', '""')}"*`;

/**
 * Words of a search as FTS5 prefixes; quoted, so that no operator of FTS5 is understood. "" when there is no word. Digits
 * in the groups Baleen itself shows ("2E25 F867 …") are found as the number they are the beginning of, too.
 */
export function searchExpression(query: string): string {
  const words = query
    .trim()
    .split(/[\s:]+/)
    .filter((word) => word !== '')
    .slice(0, 10)
    .map(prefix)
    .join(' AND ');
  const digits = (query.split('…')[0] ?? '').replaceAll(/[\s:]/g, '');
  return /^[0-9a-f]{4,}$/i.test(digits) ? `(${words}) OR ${prefix(digits)}` : words;
}

type Narrowing = Pick<InventoryQuery, 'query' | 'state' | 'issuer' | 'role'>;

/** `issuer`: any certificate of the authority's line of renewals. */
function conditions(tx: Tx, asked: Narrowing): { where: string; parameters: Record<string, SqlValue> } {
  const parts = ['1'];
  const parameters: Record<string, SqlValue> = {};
  const match = searchExpression(asked.query);
  if (match !== '') {
    parts.push('c.seq IN (SELECT rowid FROM certificate_search WHERE certificate_search MATCH $match)');
    parameters['match'] = match;
  }
  if (asked.state !== null) {
    parts.push(`${STATE_SQL} = $state`);
    parameters['state'] = asked.state;
  }
  if (asked.issuer !== null) {
    parts.push(ISSUED_BY_LINE);
    parameters['lineage'] =
      tx.get<{ lineage: string }>('SELECT lineage FROM certificates WHERE id = $id', { id: asked.issuer })
        ?.lineage ?? '';
  }
  if (asked.role !== null) {
    parts.push('c.is_ca = $isCa');
    parameters['isCa'] = Number(asked.role === 'ca');
  }
  return { where: parts.join(' AND '), parameters };
}

function page(tx: Tx, asked: InventoryQuery): Page<StoredCertificate> {
  const { where, parameters } = conditions(tx, asked);
  const all = { ...parameters, now: tx.atMs };
  const total = tx.get<{ count: number }>(
    `SELECT count(*) AS count FROM certificates c WHERE ${where}`,
    where.includes('$now') ? all : parameters,
  );
  const sort = SORTS[asked.sort];
  const [direction, beyond] = asked.descending ? ['DESC', '<'] : ['ASC', '>'];
  const after = asked.cursor === null ? null : readCursor(asked.cursor);
  const rows = tx.all<CertificateSqlRow & { sort_value: string | number }>(
    `SELECT ${CERTIFICATE_COLUMNS}, ${sort} AS sort_value FROM ${CERTIFICATE_FROM}
     WHERE ${where}${after === null ? '' : ` AND (${sort}, c.seq) ${beyond} ($value, $seq)`}
     ORDER BY ${sort} ${direction}, c.seq ${direction} LIMIT $limit`,
    { ...all, limit: asked.limit + 1, ...(after === null ? {} : { value: after.value, seq: after.seq }) },
  );
  const shown = rows.slice(0, asked.limit);
  const last = shown.at(-1);
  return {
    total: total?.count ?? 0,
    rows: shown.map(storedCertificate),
    cursor:
      rows.length > asked.limit && last !== undefined
        ? cursorText({ value: last.sort_value, seq: last.seq })
        : null,
  };
}

/** The facets beside the list: each counts what the search and the other facet leave. */
function counts(tx: Tx, asked: Narrowing) {
  const under = (part: Partial<Narrowing>) => {
    const { where, parameters } = conditions(tx, { ...asked, ...part });
    return { where, parameters: where.includes('$now') ? { ...parameters, now: tx.atMs } : parameters };
  };
  const byState = under({ state: null });
  const states = tx.all<{ state: CertificateRow['state']; count: number }>(
    `SELECT ${STATE_SQL} AS state, count(*) AS count FROM certificates c WHERE ${byState.where} GROUP BY 1 ORDER BY 2 DESC`,
    { ...byState.parameters, now: tx.atMs },
  );
  const byIssuer = under({ issuer: null });
  // An authority is one line here, however often it was renewed, under the name of its newest certificate.
  const issuers = tx.all<{ id: string | null; name: string; count: number }>(
    `SELECT n.id AS id, coalesce(n.name, 'Issuer not here') AS name, sum(t.count) AS count
     FROM (SELECT i.lineage AS line, count(*) AS count FROM certificates c LEFT JOIN certificates i ON i.id = c.issuer_id
           WHERE ${byIssuer.where} AND (i.lineage IS NULL OR i.lineage <> c.lineage) GROUP BY 1) t
     LEFT JOIN certificates n ON n.seq = (SELECT max(seq) FROM certificates WHERE lineage = t.line)
     GROUP BY 1 ORDER BY 3 DESC, 2 LIMIT 200`,
    byIssuer.parameters,
  );
  return { total: states.reduce((sum, { count }) => sum + count, 0), states, issuers };
}

export const inventoryCommands = {
  'certificates.list': read(page),
  'certificates.counts': read(counts),
  /** What will end next, authorities first: for the overview's time line. Neither replaced nor revoked. */
  'certificates.ahead': read((tx, { limit }: { limit: number }): StoredCertificate[] =>
    tx
      .all<CertificateSqlRow>(
        `SELECT ${CERTIFICATE_COLUMNS} FROM ${CERTIFICATE_FROM}
         WHERE c.replaced_by IS NULL AND c.revoked_at IS NULL ORDER BY c.is_ca DESC, c.not_after, c.seq LIMIT $limit`,
        { now: tx.atMs, limit },
      )
      .map(storedCertificate),
  ),
  /** Past the renewal mark or expired, neither replaced nor revoked; most urgent first. */
  'certificates.due': read((tx, { limit }: { limit: number }): StoredCertificate[] =>
    tx
      .all<CertificateSqlRow>(
        `SELECT ${CERTIFICATE_COLUMNS} FROM ${CERTIFICATE_FROM}
         WHERE c.replaced_by IS NULL AND c.revoked_at IS NULL AND c.renew_at <= $now ORDER BY c.not_after, c.seq LIMIT $limit`,
        { now: tx.atMs, limit },
      )
      .map(storedCertificate),
  ),
};
