/** What the proxy is: its identity, its repository, its signer, what is published. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { call } from '../../app/call.ts';
import { hrefOf } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Left, Time } from '../../components/time.tsx';
import { partOf } from './folder-parts.ts';
import { IdentityDialog } from './identity-card.tsx';
import { MoveFolderDialog } from './move-folder-dialog.tsx';
import { PinDialog } from './pin-field.tsx';
import type { ProxyDialog } from './proxy-dialogs.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

function mono(value: string) {
  return (
    <span key="value" className="mono wrap">
      {value}
    </span>
  );
}

function Published({ proxy }: { proxy: ProxyView }) {
  const { published, unpublished } = proxy;
  if (published === null) return <>nothing yet</>;
  return (
    <>
      number <b className="num">{published.number}</b> at <Time at={published.at} clock />
      {unpublished ? ', not the newest' : ''}
    </>
  );
}

/** Where the objects lie on this machine, and which part each server hands out. */
function folderFacts(repository: ProxyView['repository']): [label: string, value: ReactNode][] {
  if (repository?.target.kind !== 'folder') return [];
  const { path } = repository.target;
  const part = (name: 'rsync' | 'rrdp', says: string) => (
    <>
      {mono(partOf(path, name))} <span className="quiet">{says}</span>
    </>
  );
  const facts: [label: string, value: ReactNode][] = [
    ['Into the folder', mono(path)],
    ['For rsync', part('rsync', 'is what the rsync server hands out at the base')],
  ];
  if (repository.notify !== null)
    facts.push(['For the web', part('rrdp', 'is what the web server hands out where the notification is')]);
  return facts;
}

export function ProxyFacts(props: { proxy: ProxyView; onDialog: (dialog: ProxyDialog) => void }) {
  const { proxy, onDialog } = props;
  const { repository, signer } = proxy;
  const [reading, setReading] = useState(false);
  const [moving, setMoving] = useState(false);
  const [pinning, setPinning] = useState(false);
  const publish = useStartedJob(
    'ta.publish',
    () => call('ta.publish', {}),
    () => showToast(`Published: number ${signer?.number ?? ''} is out, every object read back or confirmed`),
  );
  return (
    <Card
      title="Facts"
      aside={
        <>
          {signer === null ? null : (
            <Button size="small" onPress={() => setReading(true)}>
              Fingerprint…
            </Button>
          )}
          <Button size="small" onPress={() => onDialog('times')}>
            Proxy's times…
          </Button>
          {repository !== null && signer === null ? (
            <LinkButton size="small" href={hrefOf('ta-repository')}>
              Choose the repository anew…
            </LinkButton>
          ) : null}
          {repository?.target.kind === 'folder' ? (
            <Button size="small" onPress={() => setMoving(true)}>
              Change the folder…
            </Button>
          ) : null}
          <Button
            size="small"
            busy={publish.action.busy || publish.progress !== null}
            whyDisabled={signer === null ? 'There is nothing to publish before a signer is associated' : null}
            onPress={() => void publish.action.run()}
          >
            Publish again
          </Button>
        </>
      }
    >
      <div className="stack">
        <IdentityDialog
          half="proxy"
          identity={proxy.identity}
          open={reading}
          onClose={() => setReading(false)}
        />
        {repository?.target.kind === 'folder' ? (
          <MoveFolderDialog
            base={repository.base}
            path={repository.target.path}
            open={moving}
            onClose={() => setMoving(false)}
          />
        ) : null}
        <PinDialog open={pinning} onClose={() => setPinning(false)} />
        {publish.progress}
        {publish.action.error ? <ErrorState error={publish.action.error} /> : null}
        <KeyValue
          items={[
            [
              'Identity key',
              <HexValue key="value" hex={proxy.identity.keyId} label="Key identifier" groups={10} />,
            ],
            repository === null && [
              'Repository',
              <span key="value" className="quiet">
                not chosen yet
              </span>,
            ],
            repository !== null && ['Publishes at', mono(repository.base)],
            repository !== null && [
              'RRDP',
              repository.notify === null ? 'none: rsync only' : mono(repository.notify),
            ],
            ...folderFacts(repository),
            repository?.target.kind === 'server' && ['Server', mono(repository.serviceUri)],
            repository?.target.kind === 'server' && [
              'Its TLS',
              <span key="value" className="row-wrap">
                {repository.target.pin === null ? (
                  'vouched for by public CAs'
                ) : (
                  <HexValue hex={repository.target.pin} label="Pinned SHA-256" groups={8} />
                )}
                <Button size="small" onPress={() => setPinning(true)}>
                  Another certificate…
                </Button>
              </span>,
            ],
            repository !== null && ['As publisher', mono(repository.publisher)],
            signer !== null && [
              'TA key',
              <HexValue key="value" hex={signer.keyId} label="TA key identifier" groups={10} />,
            ],
            signer === null && [
              'Signer',
              <span key="value" className="quiet">
                not associated yet
              </span>,
            ],
            signer !== null && [
              'Signer',
              <HexValue key="value" hex={signer.identity.sha256} label="SHA-256 of the signer" groups={8} />,
            ],
            signer !== null && [
              'TAL',
              <>
                {signer.talUris.map((uri) => (
                  <div key={uri} className="mono wrap">
                    {uri}
                  </div>
                ))}
              </>,
            ],
            signer !== null && [
              'TA certificate',
              <>
                <Time at={signer.certificate.notBefore} /> to <Time at={signer.certificate.notAfter} />
              </>,
            ],
            signer !== null && [
              'Manifest, CRL',
              <>
                number <b className="num">{signer.number}</b>, next before <Time at={signer.nextUpdate} /> (
                <Left to={signer.nextUpdate} />)
              </>,
            ],
            signer !== null && ['Certificates', `${signer.issued} issued, ${signer.revoked} revoked`],
            signer !== null && ['Published', <Published key="value" proxy={proxy} />],
          ]}
        />
      </div>
    </Card>
  );
}
