/** One authority: its certificate, its limits, what it issued, and what can be done from here. */
import { useState } from 'react';
import type { AuthorityRow, CertificateRow } from '#shared/contract/ca.ts';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useDialog } from '../../app/use-dialog.ts';
import { usePages, useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { durationText } from '../../components/time.tsx';
import { ValidityBar } from '../../components/validity.tsx';
import { CERTIFICATE_COLUMNS } from './certificate-columns.tsx';
import { LimitFields } from './limit-fields.tsx';
import { StateTag } from './state-tag.tsx';

function LimitsDialog(props: { row: AuthorityRow; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Limits for leaves" size="wide">
      <LimitsBody {...props} />
    </Dialog>
  );
}

function LimitsBody({ row, onClose }: { row: AuthorityRow; onClose: () => void }) {
  const [limits, setLimits] = useState<IssueDraft['leafLimits']>(row.leafLimits);
  const save = useAction('ca.setLimits', async () => {
    await call('ca.setLimits', { id: row.id, leafLimits: limits });
    showToast('The limits are changed');
    onClose();
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      <LimitFields
        limits={limits}
        onChange={setLimits}
        error={save.error?.fieldError('leafLimits') ?? null}
      />
      <p className="dim">What was issued before keeps its lifetime.</p>
      {save.error && save.error.fieldError('leafLimits') === null ? <ErrorState error={save.error} /> : null}
      <div className="dialog-foot">
        <Button onPress={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={save.busy}>
          Change limits
        </Button>
      </div>
    </form>
  );
}

/** "24 hours" and not "1 day": that is how step and its users say it. */
function limitText(seconds: number): string {
  return seconds === 86_400 ? '24 hours' : durationText(seconds * 1000);
}

function Issued({ id }: { id: string }) {
  const pages = usePages('ca.certificates', { issuer: id, limit: 100 }, ['certificates']);
  return (
    <Card title="Issued" note={String(pages.total)} flush>
      <DataTable<CertificateRow, never>
        label="Issued certificates"
        plain
        columns={CERTIFICATE_COLUMNS.filter(({ id: column }) => column !== 'issuer') as never}
        {...pages}
        rowId={(row) => row.id}
        onOpen={(row) => navigate('certificate', { id: row.id })}
        empty={
          <EmptyState title="It has issued nothing yet">
            Issue a certificate with the button above.
          </EmptyState>
        }
      />
    </Card>
  );
}

/** Where the key of an authority lies: a copy of this workspace holds what is in software, and not what is on a device. */
function KeyHolder({ authority }: { authority: string }) {
  const certificate = useQuery('ca.certificate', { id: authority }, ['certificates', 'keys']);
  const id = certificate.data?.key ?? null;
  const row = useQuery('keys.get', { id: id ?? '' }, ['keys', 'signers'], { skip: id === null }).data;
  if (row === null) return null;
  if (row.signer === 'software') return ', in this workspace';
  return (
    <>
      , on <a href={hrefOf('signer', { id: row.signer })}>{row.signerName}</a>
      {row.reachable ? null : <Tag tone="careful">cannot be reached: it signs nothing now</Tag>}
    </>
  );
}

export function Authority({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  const found = useQuery('ca.authority', { id }, ['authorities', 'certificates', 'keys']);
  const [dialog, setDialog] = useDialog(route, ['limits']);
  const row = found.data;
  if (!row)
    return (
      <NotLoaded
        title="Authority"
        found={found}
        back={{ href: hrefOf('authorities'), label: 'All authorities' }}
      />
    );
  const { certificate } = row;
  const noKey = row.canSign ? null : 'Its private key is not in this workspace';
  return (
    <Page
      title={row.name}
      crumb={row.name}
      tags={
        <>
          <Tag>{row.purpose === 'root' ? 'root' : 'intermediate'}</Tag>
          <StateTag state={certificate.state} />
        </>
      }
      actions={
        <>
          <LinkButton href={hrefOf('certificate', { id })}>Certificate</LinkButton>
          {row.pathLength === 0 ? null : (
            <Button
              whyDisabled={noKey}
              onPress={() => navigate('issue', { draft: 'new' }, { purpose: 'intermediate', issuer: id })}
            >
              New intermediate…
            </Button>
          )}
          <Button
            kind="primary"
            whyDisabled={noKey}
            onPress={() => navigate('issue', { draft: 'new' }, { purpose: 'server', issuer: id })}
          >
            Issue certificate…
          </Button>
        </>
      }
    >
      <div className="columns">
        <Card title="Authority">
          <KeyValue
            items={[
              [
                'Subject',
                <span className="wrap" key="s">
                  {certificate.subject}
                </span>,
              ],
              ['Signed by', row.purpose === 'root' ? 'itself' : certificate.issuer],
              [
                'Valid',
                <ValidityBar
                  key="v"
                  from={certificate.notBefore}
                  to={certificate.notAfter}
                  renewAt={certificate.renewAt}
                />,
              ],
              [
                'Path length',
                row.pathLength === null
                  ? 'no limit'
                  : row.pathLength === 0
                    ? '0: leaves only'
                    : String(row.pathLength),
              ],
              [
                'Key',
                <span className="wrap" key="h">
                  {certificate.key}
                  {row.canSign ? <KeyHolder authority={id} /> : ', not here'}
                </span>,
              ],
              ['Key id', <HexValue hex={row.keyId} label="Subject key identifier" groups={10} key="k" />],
            ]}
          />
        </Card>
        <Card
          title="Leaves it issues"
          aside={
            <Button size="small" onPress={() => setDialog('limits')}>
              Change…
            </Button>
          }
        >
          <KeyValue
            items={[
              ['At least', limitText(row.leafLimits.minSeconds)],
              ['Usually', limitText(row.leafLimits.defaultSeconds)],
              ['At most', limitText(row.leafLimits.maxSeconds)],
              ['Issued', String(row.leaves)],
              ['To renew', row.attention === 0 ? 'none' : String(row.attention)],
            ]}
          />
        </Card>
      </div>
      <Issued id={id} />
      <LimitsDialog row={row} open={dialog === 'limits'} onClose={() => setDialog(null)} />
    </Page>
  );
}
