/** Requests and CRLs that were kept from the inspector: where they are, and the way on from a request to a signature. */
import { FileQuestion } from 'lucide-react';
import { useState } from 'react';
import type { KeptRow } from '#shared/contract/inspect.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { usePages } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { LinkButton } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Time } from '../../components/time.tsx';

export const KEPT_WORDS: Record<KeptRow['kind'], string> = { request: 'request', crl: 'CRL' };

const COLUMNS: readonly Column<KeptRow>[] = [
  { id: 'kind', title: 'Kind', width: '9rem', cell: (row) => <Tag>{KEPT_WORDS[row.kind]}</Tag> },
  { id: 'name', title: 'Name', width: 'minmax(18rem, 2fr)', cell: (row) => <b>{row.name}</b> },
  { id: 'detail', title: 'What it is', width: 'minmax(18rem, 2fr)', cell: (row) => row.detail },
  { id: 'kept', title: 'Kept', width: '14rem', cell: (row) => <Time at={row.keptAt} clock /> },
];

export function Kept(_props: ViewProps) {
  const [query, setQuery] = useState('');
  const pages = usePages('inspect.kept', { query, limit: 100 }, ['certificates']);
  const empty = query === '' && pages.total === 0;
  const look = <LinkButton href={hrefOf('inspect')}>Look at a file…</LinkButton>;
  return (
    <Page
      title="Requests and CRLs"
      fill
      tags={<span className="quiet num">{pages.total}</span>}
      actions={
        empty ? null : (
          <>
            <div className="search-field">
              <TextField
                label="Search requests and CRLs"
                hideLabel
                value={query}
                onChange={setQuery}
                placeholder="Search names, keys, fingerprints"
              />
            </div>
            {look}
          </>
        )
      }
    >
      <DataTable
        label="Requests and CRLs"
        fill
        columns={COLUMNS}
        {...pages}
        rowId={(row) => row.id}
        onOpen={(row) => navigate('kept-object', { id: row.id })}
        empty={
          <EmptyState
            icon={<FileQuestion aria-hidden />}
            title={empty ? 'None is kept' : 'None fits'}
            action={empty ? look : null}
          >
            {empty
              ? 'A certificate request or a revocation list that you keep from the inspector stands here.'
              : 'Other words may find it.'}
          </EmptyState>
        }
      />
    </Page>
  );
}
