/** The authorities of this workspace as the tree they are: roots, and what each signed. */
import { ShieldPlus } from 'lucide-react';
import type { AuthorityRow } from '#shared/contract/ca.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { Left, Time } from '../../components/time.tsx';
import { DraftsCard } from './drafts-card.tsx';
import { StateTag } from './state-tag.tsx';

interface Node {
  row: AuthorityRow;
  depth: number;
}

/** Parents before their children, children by name; what has no parent here stands at the top. */
export function treeOf(rows: readonly AuthorityRow[]): Node[] {
  const known = new Set(rows.map(({ id }) => id));
  const placed = new Set<string>();
  const below = (parent: string | null, depth: number): Node[] =>
    rows
      .filter(
        (row) =>
          (row.parent !== null && known.has(row.parent) ? row.parent : null) === parent &&
          !placed.has(row.id),
      )
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .flatMap((row) => {
        placed.add(row.id);
        return [{ row, depth }, ...below(row.id, depth + 1)];
      });
  return below(null, 0);
}

const COLUMNS: readonly Column<Node>[] = [
  {
    id: 'name',
    title: 'Authority',
    width: 'minmax(22rem, 3fr)',
    cell: ({ row, depth }) => (
      <span style={{ paddingInlineStart: `${depth * 1.8}rem` }}>
        {depth > 0 ? <span className="quiet mono">└ </span> : null}
        <b>{row.name}</b>
      </span>
    ),
  },
  {
    id: 'kind',
    title: 'Kind',
    width: '11rem',
    drop: 2,
    cell: ({ row }) => (row.purpose === 'root' ? 'root' : 'intermediate'),
  },
  { id: 'ends', title: 'Ends', width: '11rem', cell: ({ row }) => <Time at={row.certificate.notAfter} /> },
  { id: 'left', title: 'Left', width: '9rem', cell: ({ row }) => <Left to={row.certificate.notAfter} /> },
  { id: 'key', title: 'Key', width: '9rem', drop: 1, cell: ({ row }) => row.certificate.key },
  {
    id: 'issued',
    title: 'Issued',
    width: '8rem',
    align: 'end',
    cell: ({ row }) => <span className="num">{row.issued}</span>,
  },
  {
    id: 'state',
    title: 'State',
    width: '18rem',
    cell: ({ row }) => (
      <>
        <StateTag state={row.certificate.state} /> {row.canSign ? null : <Tag tone="note">no key here</Tag>}{' '}
        {row.attention > 0 ? <Tag tone="careful">{row.attention} to renew</Tag> : null}
      </>
    ),
  },
];

export function Authorities(_props: ViewProps) {
  const found = useQuery('ca.authorities', {}, ['authorities', 'certificates', 'keys']);
  const root = (
    <LinkButton kind="primary" href={hrefOf('issue', { draft: 'new' }, { purpose: 'root' })}>
      New root…
    </LinkButton>
  );
  if (!found.data)
    return (
      <Page title="Authorities">
        {found.error ? (
          <ErrorState error={found.error} onRetry={found.reload} />
        ) : (
          <Loading what="the authorities" />
        )}
      </Page>
    );
  const nodes = treeOf(found.data.rows);
  const signing = nodes.some(({ row }) => row.canSign && row.pathLength !== 0);
  return (
    <Page
      title="Authorities"
      tags={<span className="quiet num">{nodes.length}</span>}
      actions={
        nodes.length === 0 ? null : (
          <>
            {signing ? (
              <LinkButton href={hrefOf('issue', { draft: 'new' }, { purpose: 'intermediate' })}>
                New intermediate…
              </LinkButton>
            ) : null}
            {root}
          </>
        )
      }
    >
      <DraftsCard authorities />
      {nodes.length === 0 ? (
        <Card>
          <EmptyState
            icon={<ShieldPlus aria-hidden />}
            title="No authority yet"
            action={
              <>
                {root}
                <LinkButton href={hrefOf('inspect')}>Look at an existing one</LinkButton>
              </>
            }
          >
            Begin with a root; then an intermediate under it, which issues the everyday certificates while the
            root's key rests.
          </EmptyState>
        </Card>
      ) : (
        <DataTable
          label="Authorities"
          columns={COLUMNS}
          rows={nodes}
          rowId={({ row }) => row.id}
          onOpen={({ row }) => navigate('authority', { id: row.id })}
          maxRows={18}
          empty={null}
        />
      )}
    </Page>
  );
}
