/** The last step: what was made, its fingerprint in every notation, and the ways on. */
import { useState } from 'react';
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { CertificateCard } from '../../components/certificate-card.tsx';
import { ChainDrawing } from '../../components/chain-drawing.tsx';
import { FingerprintBoard } from '../../components/fingerprint-board.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { Verdict } from '../../components/verdict.tsx';
import { ExportDialog } from './export-dialog.tsx';

export function StepResult({ id }: { id: string }) {
  const found = useQuery('ca.certificate', { id }, ['certificates'], { ids: [id] });
  const [exporting, setExporting] = useState(false);
  const made = found.data;
  if (!made)
    return found.error ? (
      <ErrorState error={found.error} onRetry={found.reload} />
    ) : (
      <Loading what="the certificate" />
    );
  return (
    <>
      <Verdict
        severity="good"
        title={`“${made.row.name}” is signed and kept.`}
        checks={[
          { ok: true, text: 'signature verified' },
          { ok: true, text: 'as reviewed, with its times counted from the moment of signing' },
        ]}
      />
      <div className="row-wrap">
        <Button kind="primary" onPress={() => setExporting(true)}>
          Export…
        </Button>
        {made.row.isCa ? (
          <>
            <LinkButton href={hrefOf('authority', { id })}>Open the authority</LinkButton>
            {made.view.pathLength === 0 ? null : (
              <LinkButton href={hrefOf('issue', { draft: 'new' }, { purpose: 'intermediate', issuer: id })}>
                New intermediate under it…
              </LinkButton>
            )}
            <LinkButton href={hrefOf('issue', { draft: 'new' }, { purpose: 'server', issuer: id })}>
              Issue a certificate…
            </LinkButton>
          </>
        ) : (
          <LinkButton href={hrefOf('certificate', { id })}>Open the certificate</LinkButton>
        )}
      </div>
      <div className="columns">
        <FingerprintBoard sha256={made.row.sha256} notations={made.view.fingerprints} title="Fingerprint" />
        <Card title="Chain">
          <ChainDrawing
            links={made.chain.map((link, index) => ({
              name: link.name,
              tag: { tone: link.state, text: link.text },
              current: index === made.chain.length - 1,
            }))}
          />
        </Card>
      </div>
      <CertificateCard view={made.view} />
      <ExportDialog id={id} keyId={made.key} open={exporting} onClose={() => setExporting(false)} />
    </>
  );
}
