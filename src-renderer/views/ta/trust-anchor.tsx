/** The trust anchor of this workspace: what it is, what is due, the next exchange, everything exchanged before. */
import { Anchor } from 'lucide-react';
import { useState } from 'react';
import type { SignerView } from '#shared/contract/ta.ts';
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/state-box.tsx';
import { Left, Time } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';
import { ApproversSwitch } from './approvers-switch.tsx';
import { ExchangesTable } from './exchanges-table.tsx';
import { RECORD_FILES, SIGNER_FILES } from './export-file-dialog.tsx';
import { ExportStoreDialog, ImportStoreDialog } from './krill-store-dialogs.tsx';
import { OpenRequest } from './open-request.tsx';
import { ReissueDialog } from './reissue-dialog.tsx';
import { FileRows } from './signer-files.tsx';
import { TimingDialog } from './timing-dialog.tsx';

type Issued = SignerView['issued'][number];

const COLUMNS: readonly Column<Issued>[] = [
  {
    id: 'child',
    title: 'Child',
    width: 'minmax(12rem, 1fr)',
    cell: (row) => <b>{row.child || 'not known'}</b>,
  },
  {
    id: 'key',
    title: 'Key',
    width: '22rem',
    cell: (row) => <HexValue hex={row.keyId} label="Key identifier" groups={4} />,
  },
  {
    id: 'resources',
    title: 'Resources',
    width: 'minmax(20rem, 2fr)',
    cell: (row) => <span className="mono">{row.resources.join(', ')}</span>,
  },
  { id: 'renew', title: 'Due', width: '11rem', cell: (row) => <Time at={row.renewAt} /> },
  { id: 'ends', title: 'Ends', width: '11rem', cell: (row) => <Time at={row.notAfter} /> },
];

function DraftLink() {
  const found = useQuery('drafts.list', {}, ['drafts']);
  const draft = found.data?.drafts.find(({ kind }) => kind === 'ta.signer');
  return draft === undefined ? null : (
    <LinkButton href={hrefOf('ta-signer', { draft: draft.id, step: draft.step })}>
      Continue the set-up
    </LinkButton>
  );
}

function None() {
  const [importing, setImporting] = useState(false);
  const state = useQuery('workspace.state', {}, ['workspace']);
  return (
    <Page title="Trust anchor">
      {state.data?.workspace?.kind === 'online' ? (
        <Notice severity="careful">
          This workspace is online. The key of a trust anchor belongs into an offline station, on a machine of
          its own; a test bed may do without.
        </Notice>
      ) : null}
      <Card>
        <EmptyState
          icon={<Anchor aria-hidden />}
          title="No trust anchor in this workspace"
          action={
            <>
              <LinkButton kind="primary" href={hrefOf('ta-signer', { draft: 'new' })}>
                Set up a signer…
              </LinkButton>
              <Button onPress={() => setImporting(true)}>Take over from krillta…</Button>
              <DraftLink />
            </>
          }
        >
          The signer holds the key of an RPKI trust anchor on a machine without a network. An online proxy,
          such as Krill, asks it by files. It is for registries and test beds; whoever only certifies own
          routes needs a CA below an existing trust anchor instead.
        </EmptyState>
      </Card>
      <ImportStoreDialog open={importing} onClose={() => setImporting(false)} />
    </Page>
  );
}

function Facts({ signer, onReissue }: { signer: SignerView; onReissue: () => void }) {
  return (
    <Card
      title="Signer"
      note={`key in ${signer.signer}`}
      aside={
        <Button size="small" onPress={onReissue}>
          Reissue…
        </Button>
      }
    >
      <KeyValue
        items={[
          ['TA key', <HexValue key="value" hex={signer.keyId} label="Key identifier" groups={10} />],
          [
            'Publishes at',
            <span key="value" className="mono">
              {signer.baseUri}
            </span>,
          ],
          [
            'TAL',
            <>
              {signer.talUris.map((uri) => (
                <div key={uri} className="mono wrap">
                  {uri}
                </div>
              ))}
            </>,
          ],
          [
            'TA certificate',
            <>
              until <Time at={signer.certificate.notAfter} />
            </>,
          ],
          [
            'Manifest, CRL',
            <>
              number <b className="num">{signer.number}</b>, next before <Time at={signer.nextUpdate} /> (
              <Left to={signer.nextUpdate} />)
            </>,
          ],
          [
            'Revoked',
            <span key="value" className="num">
              {signer.revoked}
            </span>,
          ],
          [
            'Own identity',
            <HexValue key="value" hex={signer.identity.sha256} label="SHA-256 of the identity" groups={8} />,
          ],
          [
            'Enrolled proxy',
            <HexValue key="value" hex={signer.proxy.sha256} label="SHA-256 of the proxy" groups={8} />,
          ],
        ]}
      />
    </Card>
  );
}

export function TrustAnchor(_props: ViewProps) {
  const found = useQuery('ta.signer', {}, ['ta', 'keys']);
  const [dialog, setDialog] = useState<'reissue' | 'krillta' | 'times' | null>(null);
  if (!found.data)
    return (
      <Page title="Trust anchor">
        {found.error ? (
          <ErrorState error={found.error} onRetry={found.reload} />
        ) : (
          <Loading what="the trust anchor" />
        )}
      </Page>
    );
  const { signer } = found.data;
  if (signer === null) return <None />;
  return (
    <Page title="Trust anchor" tags={<span className="quiet">signer</span>}>
      {signer.warnings.map(({ severity, text }) => (
        <Notice key={text} severity={severity}>
          {text}
        </Notice>
      ))}
      <div className="columns">
        <OpenRequest />
        <Facts signer={signer} onReissue={() => setDialog('reissue')} />
      </div>
      <ExchangesTable />
      <Card title="Certificates of children" note={String(signer.issued.length)} flush>
        <DataTable
          label="Certificates of children"
          plain
          columns={COLUMNS}
          rows={signer.issued}
          rowId={(row) => row.keyId}
          maxRows={12}
          empty={
            <EmptyState title="No child has a certificate">The next request may ask for one.</EmptyState>
          }
        />
      </Card>
      <div className="columns">
        <FileRows title="Files of the signer" files={SIGNER_FILES} />
        <FileRows title="Records and settings" files={RECORD_FILES} />
      </div>
      <div className="row-wrap">
        <ApproversSwitch />
        <Button onPress={() => setDialog('times')}>Times…</Button>
        <Button onPress={() => setDialog('krillta')}>Write for krillta…</Button>
        <span className="dim">A data directory krillta goes on with: nobody is locked in.</span>
      </div>
      <ReissueDialog signer={signer} open={dialog === 'reissue'} onClose={() => setDialog(null)} />
      <TimingDialog signer={signer} open={dialog === 'times'} onClose={() => setDialog(null)} />
      <ExportStoreDialog signer={signer} open={dialog === 'krillta'} onClose={() => setDialog(null)} />
    </Page>
  );
}
