/** The inventory: every certificate, searched, sorted and narrowed by main, page after page. */
import { FileBadge } from 'lucide-react';
import { useDeferredValue, useEffect, useState } from 'react';
import type { CertificateRow } from '#shared/contract/ca.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { usePages, useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Segmented } from '../../components/choices.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Sorting } from '../../components/data-table.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState } from '../../components/state-box.tsx';
import { Dot } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { CERTIFICATE_COLUMNS, type CertificateSort } from './certificate-columns.tsx';
import { DraftsCard } from './drafts-card.tsx';
import { STATE_WORDS } from './state-tag.tsx';

type State = CertificateRow['state'];

interface Narrowed {
  state: State | null;
  issuer: { id: string; name: string } | null;
}

/** The rows of a facet; the pressed one stays when a search leaves it nothing, so that it can be released. */
function withPressed<T>(rows: readonly T[], pressed: T | null, same: (a: T, b: T) => boolean): readonly T[] {
  return pressed === null || rows.some((row) => same(row, pressed)) ? rows : [...rows, pressed];
}

function Facets(props: {
  narrowed: Narrowed;
  query: string;
  role: 'ca' | 'leaf' | null;
  onChange: (next: Narrowed) => void;
}) {
  const { narrowed, query, role, onChange } = props;
  const { state, issuer } = narrowed;
  const found = useQuery('ca.counts', { state, issuer: issuer?.id ?? null, own: true, query, role }, [
    'certificates',
  ]);
  // While the next letter is counted, the former counts stay: nothing jumps.
  const [counts, setCounts] = useState(found.data);
  useEffect(() => {
    if (found.data) setCounts(found.data);
  }, [found.data]);
  if (!counts) return null;
  const states = withPressed(counts.states, state && { state, count: 0 }, (a, b) => a.state === b.state);
  const issuers = withPressed(
    counts.issuers.slice(0, 12),
    issuer && { ...issuer, count: 0 },
    (a, b) => a.id === b.id,
  );
  return (
    <Card>
      <div className="facets stack-tight">
        <h2 className="facet-group">State</h2>
        {states.map(({ state: one, count }) => {
          const { word, tone } = STATE_WORDS[one];
          return (
            <button
              key={one}
              type="button"
              className="facet"
              aria-pressed={state === one}
              onClick={() => onChange({ ...narrowed, state: state === one ? null : one })}
            >
              <Dot tone={tone === 'plain' || tone === 'accent' ? 'note' : tone} />
              {word}
              <span className="quiet num">{count}</span>
            </button>
          );
        })}
        <h2 className="facet-group">Issuer</h2>
        {issuers.map(({ id, name, count }) => (
          <button
            key={id ?? 'none'}
            type="button"
            className="facet"
            aria-pressed={id !== null && issuer?.id === id}
            disabled={id === null}
            onClick={() =>
              onChange({ ...narrowed, issuer: id === null || issuer?.id === id ? null : { id, name } })
            }
          >
            <span className="wrap">{name}</span>
            <span className="quiet num">{count}</span>
          </button>
        ))}
      </div>
    </Card>
  );
}

export function Certificates(_props: ViewProps) {
  const [typed, setTyped] = useState('');
  const query = useDeferredValue(typed);
  const [role, setRole] = useState<'all' | 'ca' | 'leaf'>('all');
  const [narrowed, setNarrowed] = useState<Narrowed>({ state: null, issuer: null });
  const [sorting, setSorting] = useState<Sorting<CertificateSort>>({ by: 'notAfter', descending: false });
  const pages = usePages(
    'ca.certificates',
    {
      query,
      state: narrowed.state,
      issuer: narrowed.issuer?.id ?? null,
      own: true,
      role: role === 'all' ? null : role,
      sort: sorting.by,
      descending: sorting.descending,
      limit: 200,
    },
    ['certificates'],
  );
  const filtered = query !== '' || narrowed.state !== null || narrowed.issuer !== null || role !== 'all';
  const empty = !filtered && pages.total === 0 && !pages.loading;
  const actions = (
    <>
      <LinkButton href={hrefOf('inspect')}>Import…</LinkButton>
      <LinkButton kind="primary" href={hrefOf('issue', { draft: 'new' }, { purpose: 'server' })}>
        New certificate…
      </LinkButton>
    </>
  );
  return (
    <Page
      title="Certificates"
      fill
      tags={<span className="quiet num">{pages.total}</span>}
      actions={empty ? null : actions}
    >
      <DraftsCard />
      <div className="row-wrap">
        <div className="search-field">
          <TextField
            label="Search certificates"
            hideLabel
            value={typed}
            onChange={setTyped}
            placeholder="Search names, serials, fingerprints, issuers"
          />
        </div>
        <Segmented
          label="Which"
          value={role}
          onChange={setRole}
          options={[
            { value: 'all', label: 'All' },
            { value: 'leaf', label: 'Leaves' },
            { value: 'ca', label: 'CAs' },
          ]}
        />
      </div>
      <div className="with-facets fill-rest">
        <Facets
          narrowed={narrowed}
          query={query}
          role={role === 'all' ? null : role}
          onChange={setNarrowed}
        />
        <DataTable
          label="Certificates"
          fill
          columns={CERTIFICATE_COLUMNS}
          {...pages}
          rowId={(row) => row.id}
          sorting={sorting}
          onSort={setSorting}
          onOpen={(row) => navigate('certificate', { id: row.id })}
          empty={
            <EmptyState
              icon={<FileBadge aria-hidden />}
              title={filtered ? 'No certificate fits' : 'No certificate yet'}
              action={filtered ? null : actions}
            >
              {filtered
                ? 'Other words or fewer filters may find it.'
                : 'What is issued here and what you keep from the inspector stands in this list.'}
            </EmptyState>
          }
        />
      </div>
    </Page>
  );
}
