/** One inspected file: the answer first, then the object that is looked at, its fingerprint, findings and chain. */
import { useState } from 'react';
import type { NameView, ObjectView } from '#shared/contract/certificate-view.ts';
import { shownText } from '#shared/hidden-characters.ts';
import type { Inspection } from '#shared/contract/inspect.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import type { Session } from '../../app/session.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { Dated } from '../../components/dated.tsx';
import { CertificateCard } from '../../components/certificate-card.tsx';
import { ChainDrawing } from '../../components/chain-drawing.tsx';
import { FingerprintBoard } from '../../components/fingerprint-board.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { FindingsTable, Notice, Verdict } from '../../components/verdict.tsx';
import { sizeText } from '../../app/blob-upload.ts';
import { ImportKeyDialog } from '../keys/import-key-dialog.tsx';
import { canBeKept, KINDS, verdictOf, worst } from './inspection-verdict.ts';
import { CrlCard, PrivateKeyCard, PublicKeyCard, RequestCard } from './object-cards.tsx';
import { OpenWith } from './open-with.tsx';

function nameOf(item: ObjectView): string {
  const last = (name: NameView): string =>
    shownText(name.attributes.findLast((attribute) => attribute.name === 'CN')?.value ?? name.text);
  if (item.kind === 'certificate') return last(item.subject) || (item.names[0]?.value ?? 'certificate');
  if (item.kind === 'request') return last(item.subject) || (item.names[0]?.value ?? 'request');
  if (item.kind === 'crl') return last(item.issuer);
  return item.key?.text ?? KINDS[item.kind];
}

/** Where what is kept is found again: each kind has its list. */
function places(items: readonly ObjectView[]): string {
  const certificates = items.some(({ kind }) => kind === 'certificate') ? ['Certificates'] : [];
  const others = items.some(({ kind }) => kind === 'request' || kind === 'crl') ? ['Requests and CRLs'] : [];
  return `see ${[...certificates, ...others].join(', ')}`;
}

function Evidence({ item }: { item: ObjectView }) {
  if (item.kind === 'certificate') return <CertificateCard view={item} />;
  if (item.kind === 'request') return <RequestCard view={item} />;
  if (item.kind === 'crl') return <CrlCard view={item} />;
  if (item.kind === 'publicKey') return <PublicKeyCard view={item} />;
  return <PrivateKeyCard view={item} />;
}

/** `missing`: how many of those that can be kept are not in the workspace yet. */
function keepWords(all: number, missing: number): string {
  if (missing === 0) return all === 1 ? 'Kept' : `All ${all} kept`;
  if (missing < all) return `Keep the other ${missing}`;
  return all === 1 ? 'Keep it' : `Keep all ${all}`;
}

export function InspectionPage(props: { inspection: Inspection; session: Session; reload: () => void }) {
  const { inspection, session, reload } = props;
  const [at, setAt] = useState(0);
  const [importing, setImporting] = useState(false);
  const item = inspection.items[Math.min(at, inspection.items.length - 1)];
  const findings = [...inspection.notes, ...(item?.findings ?? [])];
  const unlocked = session.state === 'unlocked';
  const keepable = inspection.items.flatMap((one, index) => (canBeKept(one) ? [index] : []));
  const known = useQuery('inspect.known', { id: inspection.id }, ['certificates', 'ta'], {
    skip: !unlocked || keepable.length === 0,
  });
  const missing = keepable.filter((index) => !(known.data?.items.includes(index) ?? false));
  const keep = useAction('inspect.keep', async () => {
    const { added } = await call('inspect.keep', { id: inspection.id, items: missing });
    showToast(`${added.length} kept in the workspace: ${places(inspection.items)}`);
    known.reload();
  });
  const sign = useAction('ca.startFromFile', async () => {
    const { blob } = await call('inspect.requestBlob', { id: inspection.id, item: at });
    const { draft } = await call('ca.startFromFile', { blob });
    navigate('issue', { draft, step: 'purpose' });
  });
  const locked = unlocked ? null : 'Unlock a workspace to keep something in it';
  const verdict = verdictOf(item, inspection);
  return (
    <Page
      title={item === undefined ? inspection.name : nameOf(item)}
      tags={<Tag>{inspection.recognised}</Tag>}
      crumb={inspection.name}
      actions={
        <>
          <LinkButton href={hrefOf('inspect')}>Another file…</LinkButton>
          {item?.kind === 'privateKey' && item.importable ? (
            <Button kind="primary" whyDisabled={locked} onPress={() => setImporting(true)}>
              Import the key…
            </Button>
          ) : null}
          {item?.kind === 'request' ? (
            <Button kind="primary" busy={sign.busy} whyDisabled={locked} onPress={() => void sign.run()}>
              Sign this request…
            </Button>
          ) : null}
          {keepable.length > 0 ? (
            <Button
              kind={item?.kind === 'privateKey' || item?.kind === 'request' ? 'plain' : 'primary'}
              busy={keep.busy}
              whyDisabled={
                locked ??
                (missing.length === 0 ? `It is in the workspace: ${places(inspection.items)}` : null)
              }
              onPress={() => void keep.run()}
            >
              {keepWords(keepable.length, missing.length)}
            </Button>
          ) : null}
        </>
      }
    >
      {keep.error ? <ErrorState error={keep.error} /> : null}
      {sign.error ? <ErrorState error={sign.error} /> : null}
      <Verdict {...verdict} />
      {known.data?.anchors
        .filter((one) => one.item === at)
        .map(({ item: index, severity, says }) => (
          <Notice key={index} severity={severity}>
            Of this workspace’s own trust anchor. <Dated text={says} />
          </Notice>
        ))}
      {inspection.needsPassphrase ? <OpenWith id={inspection.id} onOpened={reload} /> : null}
      {inspection.items.length > 1 ? (
        <Card title="In this file" note={`${inspection.items.length} objects`} flush>
          <ul className="object-list">
            {inspection.items.map((one, index) => (
              <li key={index}>
                <button
                  type="button"
                  className="object-link"
                  aria-current={index === at}
                  onClick={() => setAt(index)}
                >
                  <Tag tone={worst(one.findings)}>{KINDS[one.kind]}</Tag>
                  <span className="wrap">{nameOf(one)}</span>
                </button>
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
      <div className="columns">
        <div className="stack">
          {item === undefined ? null : <Evidence item={item} />}
          <Card title="Findings" flush>
            <FindingsTable
              findings={findings}
              empty={verdict.severity === 'good' ? 'Nothing to remark.' : 'None so far.'}
            />
          </Card>
        </div>
        <div className="stack">
          {item?.kind === 'certificate' ? (
            <FingerprintBoard key={item.sha256} sha256={item.sha256} notations={item.fingerprints} />
          ) : null}
          {inspection.chain.length > 0 ? (
            <Card title="Chain" note="of the first certificate">
              <ChainDrawing
                links={inspection.chain.map((link, index) => ({
                  name: link.name,
                  tag: { tone: link.state, text: link.text },
                  current: index === inspection.chain.length - 1,
                  ...(link.from === 'workspace' ? { detail: 'from the workspace' } : {}),
                }))}
              />
            </Card>
          ) : null}
          <Card title="The file">
            <KeyValue
              items={[
                [
                  'Name',
                  <span className="wrap" key="n">
                    {inspection.name}
                  </span>,
                ],
                ['Size', sizeText(inspection.size)],
                ['Recognised as', inspection.recognised],
                [
                  'SHA-256 of the file',
                  <HexValue hex={inspection.fileSha256} label="SHA-256 of the file" groups={8} key="h" />,
                ],
              ]}
            />
          </Card>
        </div>
      </div>
      <ImportKeyDialog
        open={importing}
        onClose={() => setImporting(false)}
        from={{
          inspection: inspection.id,
          item: at,
          name: inspection.name,
          encrypted: item?.kind === 'privateKey' && item.key === null,
        }}
      />
    </Page>
  );
}
