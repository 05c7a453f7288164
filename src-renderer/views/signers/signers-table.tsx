/** The signers in a table where all that has to be seen fits into a row; else each with its lines, and nothing is cut off. */
import { useState } from 'react';
import { hrefOf, navigate } from '../../app/router.ts';
import { useView } from '../../app/state.ts';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { useWidth } from '../../components/fitting-columns.ts';
import { Retry } from '../../components/retry.tsx';
import { Dot, Tag } from '../../components/tag.tsx';
import { KIND_WORD, serialOf, stateTone, stateWord, WAITING_WORD } from './signer-words.ts';
import type { ListedSigner, SignerList } from './signer-words.ts';

/** Below this the columns that stay do not fit, rem; 1 rem is 10 px at 100 %. */
const TABLE_REM = 76;

function WaitingTag({ one }: { one: ListedSigner }) {
  return one.waiting === null ? null : <Tag tone="careful">{WAITING_WORD[one.waiting]}</Tag>;
}

function Roles({ one, list }: { one: ListedSigner; list: SignerList }) {
  const roles = one.row?.roles ?? [];
  if (roles.length === 0) return <span className="quiet">no role</span>;
  return (
    <span className="row">
      {roles.includes('default') ? <Tag tone="accent">default</Tag> : null}
      {roles.includes('one-off') ? <Tag>{list.oneOffImplied ? 'one-off, implied' : 'one-off'}</Tag> : null}
    </span>
  );
}

function State({ one }: { one: ListedSigner }) {
  if (one.row === null) return <span className="quiet">not in use yet</span>;
  const { retryAt } = one.row;
  return (
    <span className="with-dot">
      <Dot tone={stateTone(one.row)} />
      {stateWord(one.row)}
      {retryAt === null ? null : (
        <span className="quiet">
          <Retry at={retryAt} />
        </span>
      )}
    </span>
  );
}

function columns(list: SignerList): readonly Column<ListedSigner>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      width: 'minmax(20rem, 2fr)',
      cell: (one) => (
        <span className="row">
          <b className="truncate">{one.name}</b>
          <WaitingTag one={one} />
        </span>
      ),
    },
    { id: 'kind', title: 'Type', width: '8rem', cell: (one) => KIND_WORD[one.kind] },
    {
      id: 'roles',
      title: 'Role',
      width: '20rem',
      cell: (one) => <Roles one={one} list={list} />,
    },
    { id: 'state', title: 'State', width: 'minmax(20rem, 1.4fr)', cell: (one) => <State one={one} /> },
    {
      id: 'keys',
      title: 'Keys',
      width: '6rem',
      align: 'end',
      cell: (one) => <span className="num">{one.row?.keys ?? 0}</span>,
    },
    {
      id: 'serial',
      title: 'Serial',
      width: '17rem',
      drop: 1,
      cell: (one) =>
        serialOf(one) !== null ? (
          <span className="mono">{serialOf(one)}</span>
        ) : (
          <span className="quiet">{one.kind === 'software' ? 'no device' : 'not known yet'}</span>
        ),
    },
  ];
}

function Lines({ one, list }: { one: ListedSigner; list: SignerList }) {
  const keys = one.row?.keys ?? 0;
  return (
    <li>
      <a className="object-link signer-lines" href={hrefOf('signer', { id: one.id })}>
        <span className="row-wrap">
          <b className="wrap">{one.name}</b>
          <WaitingTag one={one} />
          <Roles one={one} list={list} />
        </span>
        <span className="row-wrap quiet">
          <span>{KIND_WORD[one.kind]}</span>
          <State one={one} />
          <span className="num">
            {keys} {keys === 1 ? 'key' : 'keys'}
          </span>
          {serialOf(one) !== null ? (
            <span>
              serial <span className="mono wrap">{serialOf(one)}</span>
            </span>
          ) : null}
        </span>
      </a>
    </li>
  );
}

export function SignersTable({ rows, list }: { rows: readonly ListedSigner[]; list: SignerList }) {
  const [frame, setFrame] = useState<HTMLDivElement | null>(null);
  const zoom = useView((state) => state.appearance.zoom);
  const room = useWidth(frame) / (10 * zoom);
  return (
    <div ref={setFrame}>
      {room > 0 && room < TABLE_REM ? (
        <Card flush>
          <ul className="object-list" aria-label="Signers">
            {rows.map((one) => (
              <Lines key={one.id} one={one} list={list} />
            ))}
          </ul>
        </Card>
      ) : (
        <DataTable
          label="Signers"
          columns={columns(list)}
          rows={rows}
          rowId={(one) => one.id}
          onOpen={(one) => navigate('signer', { id: one.id })}
          empty={null}
        />
      )}
    </div>
  );
}
