/** What the trust anchor serves: started and stopped here, where it listens, who asked last, whether it goes on while locked. */
import { useState } from 'react';
import type { ProxyChildView, ProxyView } from '#shared/contract/ta-proxy.ts';
import type { ServiceView } from '#shared/contract/ta-service.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Dated } from '../../components/dated.tsx';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import type { Column } from '../../components/data-table.tsx';
import { CopyButton } from '../../components/hex-value.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { Ago, Left, minuteText, Time } from '../../components/time.tsx';
import { ServeLockedDialog } from './serve-locked-dialog.tsx';
import { ServingSettingsDialog } from './serving-settings-dialog.tsx';

type Running = NonNullable<ServiceView['running']>;

function Uri({ uri, what }: { uri: string; what: string }) {
  return (
    <span className="row uri-line">
      <span className="mono wrap">{uri}</span>
      <CopyButton text={uri} what={what} />
    </span>
  );
}

function Tls({ certificate }: { certificate: string | null }) {
  const found = useQuery('ca.certificate', { id: certificate ?? '' }, ['certificates'], {
    skip: certificate === null,
  });
  if (certificate === null) return <>none: plain HTTP</>;
  if (found.error) return <span className="tone-bad">the certificate is no longer here: choose another</span>;
  return found.data === null ? null : (
    <>
      {found.data.row.name}, until <Time at={found.data.row.notAfter} />
    </>
  );
}

/** What children and relying parties meet when the workspace is locked, and the step that changes it. */
function WhileLocked(props: { until: string | null; tls: boolean; onChoose: () => void }) {
  const { until, tls, onChoose } = props;
  const end = useAction('ta.serveLocked', () => call('ta.serveLocked', { hours: 0 }));
  if (until === null)
    return (
      <span className="row-wrap uri-line">
        {tls
          ? 'nobody is answered, not even for ta.cer and ta.tal: its TLS key is gone then. It listens again after unlocking'
          : 'ta.cer and ta.tal are handed out, children get 503'}
        <Button size="small" onPress={onChoose}>
          Go on while locked…
        </Button>
      </span>
    );
  return (
    <>
      <span className="row-wrap uri-line">
        <span>
          goes on until <b>{minuteText(until)}</b> (<Left to={until} />)
          {tls ? ', with its TLS key in memory' : ''}
        </span>
        <Button size="small" busy={end.busy} onPress={() => void end.run()}>
          End it
        </Button>
      </span>
      {end.error ? <ErrorState error={end.error} /> : null}
    </>
  );
}

function Facts({ service, onChoose }: { service: ServiceView; onChoose: () => void }) {
  const { running, settings, uris, lockedUntil } = service;
  return (
    <KeyValue
      items={[
        running !== null && [
          'Running since',
          <>
            <Time at={running.since} clock /> (<Ago at={running.since} />)
          </>,
        ],
        ['Address', <Uri key="value" uri={uris.certificate.replace(/ta\/ta\.cer$/, '')} what="address" />],
        settings.publicUri !== null && [
          'Listens at',
          <span key="value" className="mono">
            {settings.host} port {settings.port}
          </span>,
        ],
        ['TLS', <Tls key="value" certificate={settings.certificate} />],
        ['TA certificate', <Uri key="value" uri={uris.certificate} what="URI of ta.cer" />],
        ['TAL', <Uri key="value" uri={uris.tal} what="URI of ta.tal" />],
        running !== null && [
          'Messages',
          <span key="value" className="num">
            {running.answered} answered, {running.refused} refused
          </span>,
        ],
        running !== null && [
          'While locked',
          <WhileLocked key="value" until={lockedUntil} tls={running.tls} onChoose={onChoose} />,
        ],
      ]}
    />
  );
}

const CONTACTS: readonly Column<ProxyChildView>[] = [
  { id: 'child', title: 'Child', width: 'minmax(12rem, 1fr)', cell: (row) => <b>{row.handle}</b> },
  {
    id: 'contact',
    title: 'Asked last',
    width: 'minmax(14rem, 1fr)',
    cell: (row) =>
      row.lastContactAt === null ? (
        <span className="quiet">{row.local ? 'in this workspace' : 'never'}</span>
      ) : (
        <Ago at={row.lastContactAt} />
      ),
  },
];

function Contacts({ enrolled }: { enrolled: readonly ProxyChildView[] }) {
  if (enrolled.length === 0) return <p className="dim">No child is enrolled: nobody would be answered.</p>;
  return (
    <DataTable
      label="Children and when they asked last"
      columns={CONTACTS}
      rows={enrolled}
      rowId={(row) => row.handle}
      maxRows={6}
      empty={null}
    />
  );
}

function Refusals({ running }: { running: Running }) {
  if (running.refusals.length === 0) return null;
  return (
    <details className="details" open>
      <summary>Last refusals</summary>
      <ul className="plain-list refusals">
        {running.refusals.map(({ at, client, text }, index) => (
          // Newest first and never more than twenty: the place is all there is to tell them apart.
          <li key={index}>
            <Ago at={at} /> <span className="mono">{client}</span>{' '}
            <span className="wrap dim">
              <Dated text={text} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Starts or stops it: the button, and the refusal for the place below. */
function useSwitch(running: boolean) {
  const start = useAction('ta.startService', () => call('ta.startService', {}));
  const stop = useAction('ta.stopService', () => call('ta.stopService', {}));
  const { error } = running ? stop : start;
  return {
    button: running ? (
      <Button size="small" busy={stop.busy} onPress={() => void stop.run()}>
        Stop
      </Button>
    ) : (
      <Button size="small" kind="primary" busy={start.busy} onPress={() => void start.run()}>
        Start
      </Button>
    ),
    error: error ? <ErrorState error={error} /> : null,
  };
}

function Service({ service, proxy }: { service: ServiceView; proxy: ProxyView }) {
  const [dialog, setDialog] = useState<'settings' | 'locked' | null>(null);
  const { running } = service;
  const { button, error } = useSwitch(running !== null);
  return (
    <Card
      title="Serving"
      aside={
        <>
          <Tag tone={running === null ? 'plain' : 'good'}>{running === null ? 'off' : 'running'}</Tag>
          <Button size="small" onPress={() => setDialog('settings')}>
            Settings…
          </Button>
          {button}
        </>
      }
    >
      <div className="stack">
        {running === null ? (
          <p className="dim">
            Started, it answers enrolled children (RFC 6492) at this address and hands out ta.cer and ta.tal.
            It is off until you start it, and off again when Baleen is closed.
          </p>
        ) : null}
        {error}
        <div className="columns">
          <Facts service={service} onChoose={() => setDialog('locked')} />
          <div className="stack">
            <Contacts enrolled={proxy.children} />
            {running === null ? null : <Refusals running={running} />}
          </div>
        </div>
      </div>
      <ServingSettingsDialog
        settings={service.settings}
        running={running !== null}
        open={dialog === 'settings'}
        onClose={() => setDialog(null)}
      />
      <ServeLockedDialog
        tls={running?.tls ?? false}
        open={dialog === 'locked'}
        onClose={() => setDialog(null)}
      />
    </Card>
  );
}

/** `proxy` null: there is none in this workspace. `signerHere`: the other half is, so none can be made either. */
export function ServingCard({ proxy, signerHere }: { proxy: ProxyView | null; signerHere: boolean }) {
  const found = useQuery('ta.service', {}, ['ta'], { skip: proxy === null });
  if (proxy === null)
    return (
      <Card title="Serving" aside={<Tag>off</Tag>}>
        <EmptyState title="Only a proxy serves">
          {signerHere
            ? 'Children ask the proxy of a trust anchor. This workspace has the signer alone, and its proxy is elsewhere: serve there, and hand ta.cer and ta.tal out from there.'
            : "Children ask the proxy of a trust anchor, and this workspace has none. Make it on the trust anchor's page first."}
        </EmptyState>
      </Card>
    );
  if (!found.data)
    return (
      <Card title="Serving">
        {found.error ? (
          <ErrorState error={found.error} onRetry={found.reload} />
        ) : (
          <Loading what="the service" />
        )}
      </Card>
    );
  return <Service service={found.data} proxy={proxy} />;
}
