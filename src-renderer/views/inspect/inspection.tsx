/** One inspected file: the answer first, then the object that is looked at, its fingerprint, findings and chain. */
import { useState } from 'react';
import type { NameView, ObjectView } from '#shared/contract/certificate-view.ts';
import { shownText } from '#shared/hidden-characters.ts';
import type { Finding } from '#shared/contract/channel.ts';
import type { Inspection } from '#shared/contract/inspect.ts';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import type { Session } from '../../app/session.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { CertificateCard } from '../../components/certificate-card.tsx';
import { ChainDrawing } from '../../components/chain-drawing.tsx';
import { FingerprintBoard } from '../../components/fingerprint-board.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import type { Severity } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { FindingsTable, Verdict } from '../../components/verdict.tsx';
import { sizeText } from '../../app/blob-upload.ts';
import { ImportKeyDialog } from '../keys/import-key-dialog.tsx';
import { CrlCard, PrivateKeyCard, RequestCard } from './object-cards.tsx';
import { OpenWith } from './open-with.tsx';

const KINDS: Record<ObjectView['kind'], string> = {
  certificate: 'certificate',
  request: 'request',
  crl: 'CRL',
  privateKey: 'private key',
};

function nameOf(item: ObjectView): string {
  const last = (name: NameView): string =>
    shownText(name.attributes.findLast((attribute) => attribute.name === 'CN')?.value ?? name.text);
  if (item.kind === 'certificate') return last(item.subject) || (item.names[0]?.value ?? 'certificate');
  if (item.kind === 'request') return last(item.subject) || (item.names[0]?.value ?? 'request');
  if (item.kind === 'crl') return last(item.issuer);
  return item.key?.text ?? 'private key';
}

/** Where what is kept is found again: each kind has its list. */
function places(items: readonly ObjectView[]): string {
  const certificates = items.some(({ kind }) => kind === 'certificate') ? ['Certificates'] : [];
  const others = items.some(({ kind }) => kind === 'request' || kind === 'crl') ? ['Requests and CRLs'] : [];
  return `see ${[...certificates, ...others].join(', ')}`;
}

function worst(findings: readonly Finding[]): Severity {
  for (const severity of ['bad', 'careful', 'note'] as const)
    if (findings.some((finding) => finding.severity === severity)) return severity;
  return 'good';
}

function sentence(item: ObjectView | undefined, findings: readonly Finding[]): string {
  const bad = findings.find(({ severity }) => severity === 'bad');
  if (bad) return bad.text;
  const careful = findings.filter(({ severity }) => severity === 'careful').length;
  if (careful > 0)
    return careful === 1
      ? (findings.find(({ severity }) => severity === 'careful')?.text ?? '')
      : `${careful} things deserve a look.`;
  return item === undefined
    ? 'Nothing is wrong with the file.'
    : `Nothing is wrong with this ${KINDS[item.kind]}.`;
}

function Evidence({ item }: { item: ObjectView }) {
  if (item.kind === 'certificate') return <CertificateCard view={item} />;
  if (item.kind === 'request') return <RequestCard view={item} />;
  if (item.kind === 'crl') return <CrlCard view={item} />;
  return <PrivateKeyCard view={item} />;
}

export function InspectionPage(props: { inspection: Inspection; session: Session; reload: () => void }) {
  const { inspection, session, reload } = props;
  const [at, setAt] = useState(0);
  const [importing, setImporting] = useState(false);
  const item = inspection.items[Math.min(at, inspection.items.length - 1)];
  const findings = [...inspection.notes, ...(item?.findings ?? [])];
  const keepable = inspection.items.flatMap((one, index) => (one.kind === 'privateKey' ? [] : [index]));
  const keep = useAction('inspect.keep', async () => {
    const { added, alreadyThere } = await call('inspect.keep', { id: inspection.id, items: keepable });
    showToast(
      added.length === 0
        ? `Already in the workspace${alreadyThere.length > 1 ? `, all ${alreadyThere.length}` : ''}`
        : `${added.length} kept in the workspace: ${places(inspection.items)}`,
    );
  });
  const sign = useAction('ca.startFromRequest', async () => {
    const { added, alreadyThere } = await call('inspect.keep', { id: inspection.id, items: [at] });
    const [request = ''] = [...added, ...alreadyThere];
    const { draft } = await call('ca.startFromRequest', { request });
    navigate('issue', { draft, step: 'purpose' });
  });
  const locked = session.state === 'unlocked' ? null : 'Unlock a workspace to keep something in it';
  return (
    <Page
      title={item === undefined ? inspection.name : nameOf(item)}
      tags={<Tag>{inspection.recognised}</Tag>}
      crumb={inspection.name}
      actions={
        <>
          <LinkButton href={hrefOf('inspect')}>Another file…</LinkButton>
          {item?.kind === 'privateKey' ? (
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
              whyDisabled={locked}
              onPress={() => void keep.run()}
            >
              {keepable.length === 1 ? 'Keep it' : `Keep all ${keepable.length}`}
            </Button>
          ) : null}
        </>
      }
    >
      {keep.error ? <ErrorState error={keep.error} /> : null}
      {sign.error ? <ErrorState error={sign.error} /> : null}
      <Verdict severity={worst(findings)} title={sentence(item, findings)} />
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
            <FindingsTable findings={findings} empty="Nothing to remark." />
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
