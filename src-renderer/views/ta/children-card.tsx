/** The children of the proxy: who they are, what they may have, how their keys stand; the chosen one below with its steps. */
import { useState } from 'react';
import type { ProxyChildView, ProxyView } from '#shared/contract/ta-proxy.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { Ago } from '../../components/time.tsx';
import { ChildDetail } from './child-detail.tsx';
import { KeyTags } from './key-tags.tsx';
import type { ProxyDialog } from './proxy-dialogs.tsx';
import { resourceText } from './resource-fields.tsx';

const COLUMNS: readonly Column<ProxyChildView>[] = [
  {
    id: 'handle',
    title: 'Child',
    width: 'minmax(12rem, 1fr)',
    cell: (row) => <b className="truncate">{row.handle}</b>,
  },
  {
    id: 'where',
    title: 'Where',
    width: '8rem',
    drop: 1,
    cell: (row) => <span className="quiet">{row.local ? 'here' : 'remote'}</span>,
  },
  {
    id: 'resources',
    title: 'May have',
    width: 'minmax(15rem, 2fr)',
    cell: (row) => <span className="mono truncate">{resourceText(row.resources)}</span>,
  },
  { id: 'keys', title: 'Keys', width: 'minmax(17rem, 1fr)', cell: (row) => <KeyTags keys={row.keys} /> },
  {
    id: 'state',
    title: 'State',
    width: '10rem',
    cell: (row) =>
      row.leaving ? (
        <Tag tone="bad">leaving</Tag>
      ) : row.overhang.length > 0 ? (
        <Tag tone="careful">holds more</Tag>
      ) : null,
  },
  {
    id: 'contact',
    title: 'Last contact',
    width: '11rem',
    cell: (row) =>
      row.lastContactAt === null ? <span className="quiet">never</span> : <Ago at={row.lastContactAt} />,
  },
];

export function ChildrenCard(props: { proxy: ProxyView; onDialog: (dialog: ProxyDialog) => void }) {
  const { children } = props.proxy;
  const [chosen, setChosen] = useState<string | null>(null);
  const child =
    children.find(({ handle }) => handle === chosen) ?? (children.length === 1 ? children[0] : undefined);
  const add = (
    <Button size="small" onPress={() => props.onDialog('child')}>
      Add a child…
    </Button>
  );
  return (
    <Card title="Children" note={String(children.length)} aside={children.length > 0 ? add : null} flush>
      <DataTable
        label="Children"
        plain
        columns={COLUMNS}
        rows={children}
        rowId={(row) => row.handle}
        selected={child?.handle ?? null}
        onOpen={(row) => setChosen(row.handle)}
        maxRows={8}
        empty={
          <EmptyState title="No child yet" action={add}>
            The authority that works below the trust anchor. Usually there is one, with all resources, and
            everything else is below it.
          </EmptyState>
        }
      />
      {child === undefined ? (
        children.length > 1 ? (
          <p className="load-line">Choose a child to see its keys and what can be done.</p>
        ) : null
      ) : (
        <ChildDetail key={child.handle} child={child} />
      )}
    </Card>
  );
}
