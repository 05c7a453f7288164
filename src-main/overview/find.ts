/**
 * The palette's search over what the workspace holds, best first: what is called so, what begins so, what has the words in its
 * name, then what is found by anything else, its issuer for one; authorities before leaves, keys and what was kept.
 */
import type { Domain } from '../lib/domain.ts';
import type { StoredCertificate } from '../store/columns.ts';
import type { Store } from '../store/store-contract.ts';

type Hit = Awaited<ReturnType<Domain<'overview'>['find']>>['hits'][number];

/** Shown of each kind, and looked at for the best of them. */
const HITS = 8;
const CANDIDATES = 40;

const plain = (text: string): string => text.trim().toLowerCase().replaceAll(/\s+/g, ' ');

/** 0: the name itself, 1: begins so, 2: every word is in it, 3: found by something else. */
function distance(title: string, query: string): number {
  const [name, typed] = [plain(title), plain(query)];
  if (name === typed) return 0;
  if (name.startsWith(typed)) return 1;
  return typed.split(' ').every((word) => name.includes(word)) ? 2 : 3;
}

const ORDER: Record<Hit['type'], number> = {
  authority: 0,
  certificate: 1,
  key: 2,
  request: 3,
  crl: 3,
  draft: 4,
};

/** Equals stay in the order they came in. */
function ranked(hits: readonly Hit[], query: string): Hit[] {
  const rank = ({ title, type }: Hit): number => distance(title, query) * 10 + ORDER[type];
  return hits.toSorted((a, b) => rank(a) - rank(b));
}

function certificateHit(row: StoredCertificate, isAuthority: boolean): Hit {
  const who = row.isCa ? 'CA' : `signed by ${row.issuer}`;
  return {
    type: isAuthority ? 'authority' : 'certificate',
    id: row.id,
    title: row.name,
    detail: `${who} until ${row.notAfter.slice(0, 10)}`.replaceAll(/ +/g, ' '),
  };
}

/** Best first; nothing for an empty query. */
export async function findObjects(store: Store, query: string): Promise<Hit[]> {
  if (query.trim() === '') return [];
  const certificates = (
    within: { within?: 'beginning' | 'name' },
    sort: 'name' | 'added',
  ): Promise<StoredCertificate[]> =>
    store
      .run('certificates.list', {
        ...{ query, state: null, issuer: null, role: null, cursor: null, limit: CANDIDATES },
        ...within,
        sort,
        descending: sort === 'added',
      })
      .then(({ rows }) => rows);
  const [authorities, begun, named, any, keys, kept] = await Promise.all([
    store.run('authorities.list', {}),
    // By name: what is called so stands before what only begins so.
    certificates({ within: 'beginning' }, 'name'),
    certificates({ within: 'name' }, 'added'),
    certificates({}, 'added'),
    store.run('keys.list', { query, cursor: null, limit: CANDIDATES }),
    store.run('objects.list', { query, cursor: null, limit: CANDIDATES }),
  ]);
  const current = new Set(authorities.map(({ id }) => id));
  const found = new Map(
    [
      ...authorities.map(({ certificate }) => certificate).filter(({ name }) => distance(name, query) < 3),
      ...begun,
      ...named,
      ...any,
    ].map((row) => [row.id, row]),
  );
  const best = (hits: readonly Hit[]): Hit[] => ranked(hits, query).slice(0, HITS);
  return ranked(
    [
      ...best([...found.values()].map((row) => certificateHit(row, current.has(row.id)))),
      ...best(
        keys.rows.map((row) => ({
          type: 'key',
          id: row.id,
          title: row.label,
          detail: `${row.algorithm} key ${row.keyIdentifier.slice(-8)}`,
        })),
      ),
      ...best(
        kept.rows.map(({ kind, id, name, keptAt }) => ({
          type: kind,
          id,
          title: name,
          detail: `${kind === 'request' ? 'request' : 'CRL'}, kept ${keptAt.slice(0, 10)}`,
        })),
      ),
    ],
    query,
  );
}
