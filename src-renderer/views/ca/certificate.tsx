/** One certificate of the inventory: what it is, where it stands, what can be done with it. */
import { useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { CertificateCard } from '../../components/certificate-card.tsx';
import { ChainDrawing } from '../../components/chain-drawing.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { FingerprintBoard } from '../../components/fingerprint-board.tsx';
import { HexValue, hexGroups } from '../../components/hex-value.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { TimeSpan } from '../../components/time.tsx';
import { FindingsTable, Notice } from '../../components/verdict.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { StateTag } from './state-tag.tsx';

type Detail = Answer<'ca.certificate'>;

const ACTIONS = { issued: 'issued', renew: 'renewed', rekey: 'new key', imported: 'imported' } as const;

function History({ detail }: { detail: Detail }) {
  return (
    <Card title="History" note="newest first" flush>
      <table className="table">
        <thead>
          <tr>
            <th>How</th>
            <th>Serial</th>
            <th>Valid</th>
          </tr>
        </thead>
        <tbody>
          {detail.history.map((one) => (
            <tr key={one.id}>
              <td>
                {one.id === detail.row.id ? (
                  <b>{ACTIONS[one.action]}, this one</b>
                ) : (
                  <a href={hrefOf('certificate', { id: one.id })}>{ACTIONS[one.action]}</a>
                )}
              </td>
              <td>
                <HexValue hex={one.serial} label="Serial number" groups={4} />
              </td>
              <td>
                <TimeSpan from={one.notBefore} to={one.notAfter} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** What forgetting it means: one that was issued here cannot be had back, a kept one is read from its file again. */
function lostBy({ row, key }: Detail): string[] {
  const stays = 'It stays valid wherever it is installed: forgetting is not revoking.';
  if (row.source === 'imported')
    return [
      'The certificate leaves the inventory, and chains that end in it are no longer complete here. It can be kept again from its file.',
      stays,
    ];
  return [
    'The certificate leaves the inventory for good; the audit keeps that it was issued, and its serial is never used again.',
    ...(row.isCa ? ['The authority leaves with it, and nothing more can be issued by it.'] : []),
    ...(key === null ? [] : ['Its private key stays, under Keys.']),
    stays,
  ];
}

export function Certificate({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  const found = useQuery('ca.certificate', { id }, ['certificates', 'keys', 'authorities']);
  const [dialog, setDialog] = useState<'export' | 'forget' | null>(null);
  const replace = useAction('ca.startReplace', async (action: 'renew' | 'rekey') => {
    const { draft } = await call('ca.startReplace', { id, action });
    navigate('issue', { draft, step: 'review' });
  });
  const detail = found.data;
  if (!detail)
    return (
      <NotLoaded
        title="Certificate"
        found={found}
        back={{ href: hrefOf('certificates'), label: 'All certificates' }}
      />
    );
  const { row, view } = detail;
  const why = detail.canRenew ? null : detail.whyNot;
  const digits = row.sha256.slice(-8);
  const close = (): void => setDialog(null);
  return (
    <Page
      title={row.name}
      crumb={row.name}
      tags={
        <>
          <StateTag state={row.state} />
          {row.source === 'imported' ? <Tag>imported</Tag> : null}
          {row.cross ? <Tag>cross-certificate</Tag> : null}
        </>
      }
      actions={
        <>
          {row.isCa && row.source === 'issued' && !row.cross ? (
            <LinkButton href={hrefOf('authority', { id })}>Authority</LinkButton>
          ) : null}
          <Button onPress={() => setDialog('export')}>Export…</Button>
          <Button whyDisabled={why} busy={replace.busy} onPress={() => void replace.run('rekey')}>
            New key…
          </Button>
          <Button
            kind="primary"
            whyDisabled={why}
            busy={replace.busy}
            onPress={() => void replace.run('renew')}
          >
            Renew…
          </Button>
        </>
      }
    >
      {replace.error ? <ErrorState error={replace.error} /> : null}
      {row.cross ? (
        <Notice severity="note">
          The cross-certificate of the new key by the old root: whoever knows the old root alone follows it to
          the new one. It is in the full chain of what the new root signs.
        </Notice>
      ) : null}
      <div className="columns">
        <div className="stack">
          <CertificateCard view={view} />
          <Card title="Findings" flush>
            <FindingsTable findings={view.findings} empty="Nothing to remark." />
          </Card>
        </div>
        <div className="stack">
          <FingerprintBoard key={row.sha256} sha256={row.sha256} notations={view.fingerprints} />
          <Card title="Chain">
            <ChainDrawing
              links={detail.chain.map((link, index) => ({
                name: link.name,
                tag: { tone: link.state, text: link.text },
                current: index === detail.chain.length - 1,
              }))}
            />
          </Card>
          <History detail={detail} />
          <Card title="In this workspace">
            <div className="row-wrap">
              {detail.key === null ? (
                <span className="dim">Its private key is not here.</span>
              ) : (
                <LinkButton size="small" href={hrefOf('key', { id: detail.key })}>
                  Its key
                </LinkButton>
              )}
              <Button
                size="small"
                kind="danger"
                whyDisabled={detail.whyNotForget === '' ? null : detail.whyNotForget}
                onPress={() => setDialog('forget')}
              >
                Forget…
              </Button>
            </div>
          </Card>
        </div>
      </div>
      <ExportDialog id={id} keyId={detail.key} open={dialog === 'export'} onClose={close} />
      <ConfirmDialog
        open={dialog === 'forget'}
        onClose={close}
        title={`Forget “${row.name}”?`}
        lost={lostBy(detail)}
        verb="Forget certificate"
        {...(row.source === 'issued'
          ? {
              typed: {
                text: digits,
                label: `Type the end of its SHA-256, ${hexGroups(digits).join(' ')}`,
              },
            }
          : {})}
        channel="ca.forget"
        onConfirm={async () => {
          await call('ca.forget', { id, confirm: digits });
          showToast(`“${row.name}” is forgotten`);
          navigate('certificates');
        }}
      />
    </Page>
  );
}
