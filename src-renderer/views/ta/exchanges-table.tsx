/** Every exchange, newest first: number, day, who asked, what came of it. */
import { useState } from 'react';
import type { ExchangeRow } from '#shared/contract/ta.ts';
import { navigate } from '../../app/router.ts';
import { usePages } from '../../app/use-query.ts';
import { Card } from '../../components/card.tsx';
import { Segmented } from '../../components/choices.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';

const HALF = { signer: 'signer', proxy: 'proxy' } as const;

type Half = 'both' | ExchangeRow['half'];
const HALVES: readonly { value: Half; label: string }[] = [
  { value: 'both', label: 'Both halves' },
  { value: 'signer', label: 'Signer' },
  { value: 'proxy', label: 'Proxy' },
];

const COLUMNS: readonly Column<ExchangeRow>[] = [
  {
    id: 'number',
    title: 'Number',
    // Nineteen digits.
    width: '12rem',
    align: 'end',
    cell: (row) => <span className="num">{row.number}</span>,
  },
  { id: 'half', title: 'Half', width: '8rem', drop: 1, cell: (row) => HALF[row.half] },
  { id: 'at', title: 'Signed or taken', width: '17rem', cell: (row) => <Time at={row.at} clock /> },
  {
    id: 'children',
    title: 'Children',
    width: 'minmax(10rem, 2fr)',
    cell: (row) =>
      row.children.length === 0 ? <span className="quiet">none asked</span> : row.children.join(', '),
  },
  {
    id: 'done',
    title: 'Done',
    width: 'minmax(15rem, 1fr)',
    cell: (row) => (
      <>
        {row.issued > 0 ? <Tag tone="good">{row.issued} issued</Tag> : null}{' '}
        {row.revoked > 0 ? <Tag tone="bad">{row.revoked} revoked</Tag> : null}
      </>
    ),
  },
  { id: 'next', title: 'Next before', width: '11rem', cell: (row) => <Time at={row.nextUpdate} /> },
];

/** `halves`: the proxy's exchanges may be among them. */
export function ExchangesTable({ halves }: { halves: boolean }) {
  const [half, setHalf] = useState<Half>('both');
  const pages = usePages('ta.exchanges', { limit: 100, half: half === 'both' ? null : half }, ['ta']);
  return (
    <Card
      title="Exchanges"
      note={String(pages.total)}
      aside={
        halves ? (
          <Segmented label="Exchanges of which half" value={half} onChange={setHalf} options={HALVES} />
        ) : undefined
      }
      flush
    >
      <DataTable
        label="Exchanges"
        plain
        columns={halves ? COLUMNS : COLUMNS.filter(({ id }) => id !== 'half')}
        {...pages}
        rowId={(row) => row.id}
        onOpen={(row) => navigate('ta-exchange', { id: row.id })}
        maxRows={12}
        empty={
          <p className="load-line">
            No exchange yet. It begins with a request of the proxy, which the signer answers.
          </p>
        }
      />
    </Card>
  );
}
