/** One past exchange: its review again, checked again, its files, and its text as krillta prints it. */
import { useState } from 'react';
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Dated } from '../../components/dated.tsx';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { NotLoaded } from '../../components/not-loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';
import { Notice, Verdict } from '../../components/verdict.tsx';
import { ExportExchange } from './export-exchange.tsx';
import { ExportFileDialog } from './export-file-dialog.tsx';
import { ReviewBody } from './review-body.tsx';
import { useSendToKrill } from './send-to-krill.tsx';
import type { TaFile } from './ta-files.ts';
import { responseFile } from './ta-signer-files.ts';

export function Exchange({ route }: ViewProps) {
  const id = route.params['id'] ?? '';
  const found = useQuery('ta.exchange', { id }, ['ta']);
  const [file, setFile] = useState<TaFile | null>(null);
  const data = found.data;
  const krill = useSendToKrill(id, data?.krill ?? null, data?.early ?? null);
  const back = { href: hrefOf('trust-anchor'), label: 'Trust anchor' };
  if (!data) return <NotLoaded title="Exchange" found={found} back={back} />;
  const { row, review, holds, text, early } = data;
  return (
    <Page
      title={`Exchange ${row.number}`}
      tags={
        <span className="quiet">
          {row.how}, <Time at={row.at} clock />
        </span>
      }
      actions={
        row.half === 'proxy' ? undefined : (
          <>
            {krill.button}
            <Button
              kind={krill.button === null ? 'primary' : 'plain'}
              onPress={() => setFile(responseFile(id))}
            >
              Write response.json…
            </Button>
          </>
        )
      }
    >
      {early === null ? null : <Notice severity="bad">{early}</Notice>}
      {krill.notes}
      <Verdict
        severity={holds ? 'good' : 'bad'}
        title={
          holds
            ? 'Judged again now: request and response hold, at the time they were made'
            : 'Judged again now: something in these files does not hold'
        }
        checks={[
          holds
            ? { ok: true, text: 'signatures, contents and objects hold' }
            : { ok: false, text: 'signatures, contents and objects do not all hold' },
          { ok: true, text: 'kept as they were exchanged' },
        ]}
      />
      {review.faults.map((fault) => (
        <Notice key={fault.text} severity="bad">
          <Dated text={fault.text} /> <span className="quiet">{fault.clause}</span>
        </Notice>
      ))}
      <ReviewBody review={review} past />
      <div className="columns">
        <Card title="Files" aside={<ExportExchange id={id} />}>
          <KeyValue
            items={[
              [
                'Nonce',
                <span key="value" className="mono wrap">
                  {row.nonce}
                </span>,
              ],
              [
                'request.json',
                <HexValue key="value" hex={row.requestSha256} label="SHA-256 of the request" groups={8} />,
              ],
              [
                'response.json',
                <HexValue key="value" hex={row.responseSha256} label="SHA-256 of the response" groups={8} />,
              ],
              ...(row.approvedBy.length === 0
                ? []
                : [['Approved by', row.approvedBy.join(' and ')] as [string, string]]),
              ['Next before', <Time key="value" at={row.nextUpdate} />],
            ]}
          />
        </Card>
        <Card title="As krillta prints it">
          <p className="dim">
            krillta counts sessions by the manifest number before them: exchange {row.number} is its session{' '}
            {String(BigInt(row.number) - 1n)}.
          </p>
          <pre className="mono small report">{text}</pre>
        </Card>
      </div>
      <ExportFileDialog file={file} onClose={() => setFile(null)} />
    </Page>
  );
}
