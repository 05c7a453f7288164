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
  SIGNED_BY_LINE,
  STATE_SQL,
  storedCertificate,
} from './certificate-rows.ts';

export interface InventoryQuery extends PageRequest {
  state: CertificateRow['state'] | null;
  issuer: string | null;
  role: 'ca' | 'leaf' | null;
  /** With `issuer`: also what the authority signed for itself. */
  own?: boolean;
  /** Where the words of `query` are looked for: as the beginning of the name, anywhere in it, or (left out) in everything. */
  within?: 'beginning' | 'name';
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

const allWords = (query: string): string =>
  query
    .trim()
    .split(/[\s:]+/)
    .filter((word) => word !== '')
    .slice(0, 10)
    .map(prefix)
    .join(' AND ');

/**
 * Words of a search as FTS5 prefixes; quoted, so that no operator of FTS5 is understood. "" when there is no word. Digits
 * in the groups Baleen itself shows ("2E25 F867 …") are found as the number they are the beginning of, too.
 */
export function searchExpression(query: string): string {
  const words = allWords(query);
  const digits = (query.split('…')[0] ?? '').replaceAll(/[\s:]/g, '');
  return /^[0-9a-f]{4,}$/i.test(digits) ? `(${words}) OR ${prefix(digits)}` : words;
}

/** The same for the name alone. `^` and a phrase of FTS5: the name begins so, whatever its case. */
function nameExpression(query: string, within: 'beginning' | 'name'): string {
  if (query.trim() === '') return '';
  return within === 'beginning' ? `name : ^ ${prefix(query.trim())}` : `name : (${allWords(query)})`;
}

/** Holds everything filters and states are made of: a question answered from it alone reads no row. */
const FILTERS = 'certificates c INDEXED BY certificates_state';
/** So many rows are fetched and sorted; more are met often enough on a walk in the order that is asked for. */
const FEW = 2000;

interface Conditions {
  /** On columns that FILTERS holds. */
  filters: string[];
  /** On the text of the search, or "". The sign keeps SQLite from fetching one row for each hit. */
  match: string;
  parameters: Record<string, SqlValue>;
}

type Narrowing = Pick<InventoryQuery, 'query' | 'state' | 'issuer' | 'role' | 'own' | 'within'>;

/** `issuer`: any certificate of the authority's line of renewals. */
function conditions(tx: Tx, asked: Narrowing): Conditions {
  const filters: string[] = [];
  const parameters: Record<string, SqlValue> = {};
  const expression =
    asked.within === undefined ? searchExpression(asked.query) : nameExpression(asked.query, asked.within);
  if (expression !== '') parameters['match'] = expression;
  if (asked.state !== null) {
    filters.push(`${STATE_SQL} = $state`);
    Object.assign(parameters, { state: asked.state, now: tx.atMs });
  }
  if (asked.issuer !== null) {
    filters.push(...(asked.own ? SIGNED_BY_LINE : ISSUED_BY_LINE));
    parameters['lineage'] =
      tx.get<{ lineage: string }>('SELECT lineage FROM certificates WHERE id = $id', { id: asked.issuer })
        ?.lineage ?? '';
  }
  if (asked.role !== null) {
    filters.push('c.is_ca = $isCa');
    parameters['isCa'] = Number(asked.role === 'ca');
  }
  return { filters, match: expression === '' ? '' : HITS, parameters };
}

const HITS = 'SELECT rowid FROM certificate_search WHERE certificate_search MATCH $match';

const all = (parts: readonly string[]): string => (parts.length === 0 ? '1' : parts.join(' AND '));

/** The rows that meet the conditions, by number, without reading one of them. */
function matching({ filters, match }: Conditions): string {
  if (match !== '' && filters.length === 0) return match;
  return `SELECT c.seq FROM ${FILTERS} WHERE ${all([...filters, ...(match === '' ? [] : [`+c.seq IN (${match})`])])}`;
}

function page(tx: Tx, asked: InventoryQuery): Page<StoredCertificate> {
  const found = conditions(tx, asked);
  const { filters, match, parameters } = found;
  const total =
    tx.get<{ count: number }>(
      filters.length === 0 && match === ''
        ? 'SELECT count(*) AS count FROM certificates'
        : `SELECT count(*) AS count FROM (${matching(found)})`,
      parameters,
    )?.count ?? 0;
  const sort = SORTS[asked.sort];
  const [direction, beyond] = asked.descending ? ['DESC', '<'] : ['ASC', '>'];
  const after = asked.cursor === null ? null : readCursor(asked.cursor);
  const order = `ORDER BY ${sort} ${direction}, c.seq ${direction}`;
  const chosen =
    total <= FEW
      ? [`c.seq IN (${matching(found)})`]
      : [...filters.map((part) => `+${part}`), ...(match === '' ? [] : [`+c.seq IN (${match})`])];
  // The page is found first and read then: the columns of the other rows are never touched.
  const rows = tx.all<CertificateSqlRow & { sort_value: string | number }>(
    `SELECT ${CERTIFICATE_COLUMNS}, ${sort} AS sort_value FROM ${CERTIFICATE_FROM}
     WHERE c.seq IN (
       SELECT c.seq FROM ${asked.sort === 'state' ? FILTERS : 'certificates c'}
       WHERE ${all([...chosen, ...(after === null ? [] : [`(${sort}, c.seq) ${beyond} ($value, $seq)`])])}
       ${order} LIMIT $limit)
     ${order}`,
    {
      ...parameters,
      now: tx.atMs,
      limit: asked.limit + 1,
      ...(after === null ? {} : { value: after.value, seq: after.seq }),
    },
  );
  const shown = rows.slice(0, asked.limit);
  const last = shown.at(-1);
  return {
    total,
    rows: shown.map(storedCertificate),
    cursor:
      rows.length > asked.limit && last !== undefined
        ? cursorText({ value: last.sort_value, seq: last.seq })
        : null,
  };
}

/** Neither replaced nor revoked, the first of them in an order that FILTERS can tell by itself. */
function current(tx: Tx, where: string, order: string, limit: number): StoredCertificate[] {
  return tx
    .all<CertificateSqlRow>(
      `SELECT ${CERTIFICATE_COLUMNS} FROM ${CERTIFICATE_FROM}
       WHERE c.seq IN (SELECT c.seq FROM ${FILTERS}
         WHERE c.replaced_by IS NULL AND c.revoked_at IS NULL AND ${where} ORDER BY ${order} LIMIT $limit)
       ORDER BY ${order}`,
      { now: tx.atMs, limit },
    )
    .map(storedCertificate);
}

/** The facets beside the list: each counts what the search and the other facet leave. */
function counts(tx: Tx, asked: Narrowing) {
  const where = ({ filters, match }: Conditions): string =>
    all([...filters, ...(match === '' ? [] : [`+c.seq IN (${match})`])]);
  const byState = conditions(tx, { ...asked, state: null });
  const states = tx.all<{ state: CertificateRow['state']; count: number }>(
    `SELECT ${STATE_SQL} AS state, count(*) AS count FROM ${FILTERS} WHERE ${where(byState)} GROUP BY 1 ORDER BY 2 DESC`,
    { ...byState.parameters, now: tx.atMs },
  );
  const byIssuer = conditions(tx, { ...asked, issuer: null });
  // An authority is one line here, however often it was renewed, under the name of its newest certificate. What it signed
  // for itself counts, as the list names it as the issuer of that, too. Grouped first: the rows are never read.
  const issuers = tx.all<{ id: string | null; name: string; count: number }>(
    `SELECT n.id AS id, coalesce(n.name, 'Issuer not here') AS name, sum(g.count) AS count
     FROM (SELECT c.issuer_id AS issuer, count(*) AS count FROM ${FILTERS} WHERE ${where(byIssuer)}
           GROUP BY 1 ORDER BY 2 DESC LIMIT 1000) g
     LEFT JOIN certificates i ON i.id = g.issuer
     LEFT JOIN certificates n ON n.seq = (SELECT max(seq) FROM certificates WHERE lineage = i.lineage)
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
    current(tx, '1', 'c.is_ca DESC, c.not_after, c.seq', limit),
  ),
  /** Past the renewal mark or expired, neither replaced nor revoked; most urgent first. */
  'certificates.due': read((tx, { limit }: { limit: number }): StoredCertificate[] =>
    current(tx, 'c.renew_at <= $now', 'c.not_after, c.seq', limit),
  ),
};
