/** The private keys of this workspace: what they are, who uses them, where they lie. None is ever shown. */
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { KeyRow } from '#shared/contract/keys.ts';
import { navigate } from '../../app/router.ts';
import { useDialog } from '../../app/use-dialog.ts';
import { usePages } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState } from '../../components/state-box.tsx';
import { Dot } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Time } from '../../components/time.tsx';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { ImportKeyDialog } from './import-key-dialog.tsx';
import { usesText } from './key-words.ts';

const COLUMNS: readonly Column<KeyRow>[] = [
  { id: 'label', title: 'Label', width: 'minmax(16rem, 1.6fr)', cell: (row) => <b>{row.label}</b> },
  {
    id: 'owner',
    title: 'Used by',
    width: 'minmax(14rem, 1.4fr)',
    cell: (row) => (row.owner === '' ? <span className="quiet">nobody</span> : row.owner),
  },
  { id: 'type', title: 'Type', width: '9rem', cell: (row) => row.key.text },
  { id: 'uses', title: 'May sign', width: 'minmax(14rem, 1fr)', drop: 2, cell: (row) => usesText(row.uses) },
  {
    id: 'signer',
    title: 'Held by',
    width: 'minmax(14rem, 1.2fr)',
    drop: 3,
    cell: (row) =>
      row.reachable ? (
        row.signerName
      ) : (
        <span className="with-dot">
          <Dot tone="careful" />
          {row.signerName}, not there
        </span>
      ),
  },
  {
    id: 'id',
    title: 'Key id',
    width: '17rem',
    cell: (row) => <HexValue hex={row.key.keyId} label="Key identifier" groups={4} />,
  },
  { id: 'created', title: 'Since', width: '11.5rem', drop: 1, cell: (row) => <Time at={row.createdAt} /> },
];

export function Keys({ route }: ViewProps) {
  const [query, setQuery] = useState('');
  const [dialog, setDialog] = useDialog(route, ['create', 'import']);
  const pages = usePages('keys.list', { query, limit: 100 }, ['keys', 'certificates']);
  const empty = query === '' && pages.total === 0;
  const actions = (
    <>
      <Button onPress={() => setDialog('import')}>Import…</Button>
      <Button kind="primary" onPress={() => setDialog('create')}>
        New key…
      </Button>
    </>
  );
  return (
    <Page
      title="Keys"
      fill
      tags={<span className="quiet num">{pages.total}</span>}
      actions={
        <>
          <div className="search-field">
            <TextField
              label="Search keys"
              hideLabel
              value={query}
              onChange={setQuery}
              placeholder="Search label or key id"
            />
          </div>
          {empty ? null : actions}
        </>
      }
    >
      <DataTable
        label="Keys"
        fill
        columns={COLUMNS}
        {...pages}
        rowId={(row) => row.id}
        onOpen={(row) => navigate('key', { id: row.id })}
        empty={
          <EmptyState
            icon={<KeyRound aria-hidden />}
            title={empty ? 'No key yet' : 'No key fits'}
            action={empty ? actions : null}
          >
            {empty
              ? 'A key is made with each authority and certificate. You can also make one before, or bring your own.'
              : 'Other words may find it: the label, or the end of the key identifier.'}
          </EmptyState>
        }
      />
      <CreateKeyDialog open={dialog === 'create'} onClose={() => setDialog(null)} />
      <ImportKeyDialog open={dialog === 'import'} onClose={() => setDialog(null)} />
    </Page>
  );
}
