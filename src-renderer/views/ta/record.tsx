/** The record of a trust anchor: its timeline, every exchange of either half, their files, and the check of any from elsewhere. */
import { useState } from 'react';
import { replacePath } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { CheckRecordDialog } from './check-record-dialog.tsx';
import { ExchangesTable } from './exchanges-table.tsx';
import { FileRows } from './file-rows.tsx';
import { RecordEvents } from './record-events.tsx';
import { RecordTimeline } from './record-timeline.tsx';
import { proxyFiles } from './ta-files.ts';
import type { TaFile } from './ta-files.ts';
import { RECORD_FILES } from './ta-signer-files.ts';

const ofExchanges = (files: readonly TaFile[]): TaFile[] =>
  files.filter(({ what }) => what.startsWith('exchanges-') || what === 'record-json');

export function Record({ route, session }: ViewProps) {
  const offline = session.workspace?.kind === 'offline';
  const [checking, setChecking] = useState(route.query['open'] === 'check');
  const signer = useQuery('ta.signer', {}, ['ta', 'keys']).data?.signer ?? null;
  const proxy = useQuery('ta.proxy', {}, ['ta', 'keys'], { skip: offline }).data?.proxy ?? null;
  const exchanges = useQuery('ta.exchanges', { limit: 200 }, ['ta']).data?.rows ?? [];
  const events = useQuery('ta.recordEvents', { limit: 200 }, ['ta']).data?.rows ?? [];
  const [bySigner, byProxy] = [
    signer === null ? [] : ofExchanges(RECORD_FILES),
    proxy === null ? [] : ofExchanges(proxyFiles(proxy, signer)),
  ];
  return (
    <Page
      title="Record"
      tags={<span className="quiet">of the trust anchor's exchanges</span>}
      actions={<Button onPress={() => setChecking(true)}>Check an exchange file…</Button>}
    >
      <RecordTimeline exchanges={exchanges} events={events} signer={signer} proxy={proxy} />
      <ExchangesTable halves={signer !== null && proxy !== null} />
      <RecordEvents halves={signer !== null && proxy !== null} />
      <div className="columns">
        {bySigner.length === 0 ? null : <FileRows title="Records of the signer" files={bySigner} />}
        {byProxy.length === 0 ? null : <FileRows title="Records of the proxy" files={byProxy} />}
      </div>
      <CheckRecordDialog
        open={checking}
        onClose={() => {
          setChecking(false);
          if (route.query['open'] !== undefined) replacePath('/trust-anchor/exchanges');
        }}
      />
    </Page>
  );
}
