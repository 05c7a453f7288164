/** Who holds the keys of this workspace: each signer with its state, what waits to be applied, and which one makes new keys. */
import { Cpu } from 'lucide-react';
import { hrefOf, navigate } from '../../app/router.ts';
import { useDialog } from '../../app/use-dialog.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState } from '../../components/state-box.tsx';
import { Dot, Tag } from '../../components/tag.tsx';
import { PendingCard } from './pending-card.tsx';
import { Retry } from '../../components/retry.tsx';
import { RehearsalDialog } from './rehearsal-dialog.tsx';
import { RolesCard } from './roles-card.tsx';
import { SignerHelp } from './signer-help.tsx';
import { ExportTomlDialog } from './export-toml-dialog.tsx';
import { ImportTomlDialog } from './import-toml-dialog.tsx';
import { KIND_WORD, listed, STATE_TONE, STATE_WORD, WAITING_WORD } from './signer-words.ts';
import type { ListedSigner, SignerList } from './signer-words.ts';

function Roles({ one, list }: { one: ListedSigner; list: SignerList }) {
  const roles = one.row?.roles ?? [];
  if (roles.length === 0) return <span className="quiet">none</span>;
  return (
    <span className="row">
      {roles.includes('default') ? <Tag tone="accent">default</Tag> : null}
      {roles.includes('one-off') ? <Tag>{list.oneOffImplied ? 'one-off, implied' : 'one-off'}</Tag> : null}
    </span>
  );
}

function State({ one }: { one: ListedSigner }) {
  if (one.row === null) return <span className="quiet">not in use yet</span>;
  const { state, retryAt } = one.row;
  return (
    <span className="with-dot">
      <Dot tone={STATE_TONE[state]} />
      {STATE_WORD[state]}
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
          {one.waiting === null ? null : <Tag tone="careful">{WAITING_WORD[one.waiting]}</Tag>}
        </span>
      ),
    },
    { id: 'kind', title: 'Type', width: '8rem', cell: (one) => KIND_WORD[one.kind] },
    {
      id: 'roles',
      title: 'Role',
      width: '20rem',
      drop: 2,
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
        one.row?.device ? (
          <span className="mono">{one.row.device.serial}</span>
        ) : (
          <span className="quiet">{one.kind === 'software' ? 'no device' : 'not known yet'}</span>
        ),
    },
  ];
}

const DIALOGS = ['import', 'export', 'rehearsal'] as const;

export function Signers({ route }: ViewProps) {
  const found = useQuery('signers.list', {}, ['signers', 'keys']);
  const here = useQuery('signers.discover', {}, []);
  const [dialog, setDialog] = useDialog(route, DIALOGS);
  const list = found.data;
  if (!list)
    return <NotLoaded title="Signers" found={found} back={{ href: hrefOf('overview'), label: 'Overview' }} />;
  const rows = listed(list);
  const onlySoftware = rows.every((one) => one.kind === 'software');
  const softhsm = here.data?.softhsm ?? null;
  const close = (): void => setDialog(null);
  const rehearsal =
    softhsm === null ? null : <Button onPress={() => setDialog('rehearsal')}>Make a rehearsal token…</Button>;
  return (
    <Page
      title="Signers"
      tags={<span className="quiet num">{rows.length}</span>}
      actions={
        <>
          <Button onPress={() => setDialog('import')}>Import TOML…</Button>
          <Button onPress={() => setDialog('export')}>Export TOML…</Button>
          {onlySoftware ? null : rehearsal}
          <LinkButton kind="primary" href={hrefOf('signer-new')}>
            Add a signer…
          </LinkButton>
        </>
      }
    >
      {/* What is shown may be old then. */}
      {found.error ? <ErrorState error={found.error} onRetry={found.reload} /> : null}
      <PendingCard pending={list.pending} />
      <DataTable
        label="Signers"
        columns={columns(list)}
        rows={rows}
        rowId={(one) => one.id}
        onOpen={(one) => navigate('signer', { id: one.id })}
        empty={null}
      />
      {onlySoftware ? (
        <EmptyState
          icon={<Cpu aria-hidden />}
          title="No device yet"
          action={
            <>
              <LinkButton kind="primary" href={hrefOf('signer-new')}>
                Add a signer…
              </LinkButton>
              {rehearsal}
            </>
          }
        >
          Keys are made in software and lie encrypted in this workspace. A device (HSM, smart card, USB token)
          makes keys that never leave it: a copied workspace is then worth nothing without the device.
        </EmptyState>
      ) : (
        <RolesCard list={list} />
      )}
      <SignerHelp open={onlySoftware} />
      <ImportTomlDialog revision={list.pending.revision} open={dialog === 'import'} onClose={close} />
      <ExportTomlDialog open={dialog === 'export'} onClose={close} />
      {softhsm === null ? null : (
        <RehearsalDialog
          softhsm={softhsm}
          revision={list.pending.revision}
          open={dialog === 'rehearsal'}
          onClose={close}
        />
      )}
    </Page>
  );
}
