/** Who holds the keys of this workspace: each signer with its state, what waits to be applied, and which one makes new keys. */
import { Cpu } from 'lucide-react';
import { hrefOf } from '../../app/router.ts';
import { useDialog } from '../../app/use-dialog.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState } from '../../components/state-box.tsx';
import { Advice, PendingCard } from './pending-card.tsx';
import { RehearsalDialog } from './rehearsal-dialog.tsx';
import { RolesCard } from './roles-card.tsx';
import { SignerHelp } from './signer-help.tsx';
import { ExportTomlDialog } from './export-toml-dialog.tsx';
import { ImportTomlDialog } from './import-toml-dialog.tsx';
import { listed } from './signer-words.ts';
import { SignersTable } from './signers-table.tsx';

const DIALOGS = ['import', 'export', 'rehearsal', 'apply', 'discard'] as const;

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
  // It belongs to what waits; otherwise the signers come first.
  const waits = list.pending.changes.length > 0;
  const advice = <Advice pending={list.pending} />;
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
      <PendingCard pending={list.pending} dialog={dialog} onDialog={setDialog} />
      {waits ? advice : null}
      <SignersTable rows={rows} list={list} />
      {waits ? null : advice}
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
