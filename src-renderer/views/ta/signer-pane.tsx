/** The signer's half: what it is, what is due, the place for the next request, its files and settings. */
import { useState } from 'react';
import type { SignerView } from '#shared/contract/ta.ts';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Tag } from '../../components/tag.tsx';
import { Left, Time } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';
import { ApproversSwitch } from './approvers-switch.tsx';
import { FileRows } from './file-rows.tsx';
import { IdentityDialog } from './identity-card.tsx';
import { ExportStoreDialog } from './krill-store-dialogs.tsx';
import { MoveCards } from './move-cards.tsx';
import { OpenRequest } from './open-request.tsx';
import { RECORD_FILES, SIGNER_FILES } from './ta-signer-files.ts';
import { TakeBack } from './take-back.tsx';
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
    drop: 1,
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

function Facts({ signer, onReissue }: { signer: SignerView; onReissue: () => void }) {
  const [reading, setReading] = useState(false);
  return (
    <Card
      title="Signer"
      note={`key in ${signer.signer}`}
      aside={
        <>
          <Button size="small" onPress={() => setReading(true)}>
            Fingerprint…
          </Button>
          <Button size="small" onPress={onReissue}>
            Reissue…
          </Button>
        </>
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
            'RRDP',
            <span key="value" className="mono wrap">
              {signer.notify ?? 'none: rsync only'}
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
              {signer.certificate.ended ? <Tag tone="bad">ended</Tag> : 'until'}{' '}
              <Time at={signer.certificate.notAfter} />
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
      <IdentityDialog
        half="signer"
        identity={signer.identity}
        open={reading}
        onClose={() => setReading(false)}
      />
    </Card>
  );
}

export function SignerPane(props: {
  signer: SignerView;
  /** A response to be taken back that was opened already. */
  back: string | null;
  /** The way out of a clock that was ahead begins here; null: the card above has it. */
  onGoOn: (() => void) | null;
  onReissue: () => void;
}) {
  const { signer, back, onGoOn, onReissue } = props;
  const [dialog, setDialog] = useState<'krillta' | 'times' | null>(null);
  return (
    <>
      {signer.warnings.map(({ severity, text }) => (
        <Notice key={text} severity={severity}>
          {text}
        </Notice>
      ))}
      <MoveCards signer={signer} />
      {signer.missingUpTo === null ? null : <TakeBack signer={signer} opened={back} />}
      {signer.mayGoOn && onGoOn !== null ? (
        <div className="row-wrap">
          <Button onPress={onGoOn}>Go on from this clock…</Button>
          <span className="dim">Only when this machine's clock is right, and it was ahead then.</span>
        </div>
      ) : null}
      <div className="columns">
        <OpenRequest />
        <Facts signer={signer} onReissue={onReissue} />
      </div>
      <Card title="Certificates of children" note={String(signer.issued.length)} flush>
        <DataTable
          label="Certificates of children"
          plain
          columns={COLUMNS}
          rows={signer.issued}
          rowId={(row) => row.keyId}
          maxRows={12}
          empty={<p className="load-line">No child has a certificate. The next request may ask for one.</p>}
        />
      </Card>
      <div className="columns">
        <FileRows title="Files of the signer" files={SIGNER_FILES} />
        <FileRows title="Records and settings" files={RECORD_FILES} />
      </div>
      <ApproversSwitch />
      <div className="row-wrap">
        <Button onPress={() => setDialog('times')}>Times…</Button>
        <Button onPress={() => setDialog('krillta')}>Write for krillta…</Button>
        <span className="dim">A data directory krillta goes on with: nobody is locked in.</span>
      </div>
      {signer.missingUpTo === null ? <TakeBack signer={signer} opened={back} /> : null}
      <TimingDialog signer={signer} open={dialog === 'times'} onClose={() => setDialog(null)} />
      <ExportStoreDialog signer={signer} open={dialog === 'krillta'} onClose={() => setDialog(null)} />
    </>
  );
}
