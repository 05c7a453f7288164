/** The running Krill whose proxy this signer serves: connected once, then files go over its HTTP API instead of a stick. */
import { useState } from 'react';
import type { KrillLink } from '#shared/contract/ta-net.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { KrillConnectDialog } from './krill-connect-dialog.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

const isSocket = (server: string): boolean => server.startsWith('unix:');

function Facts({ link }: { link: KrillLink }) {
  return (
    <KeyValue
      items={[
        [
          'Server',
          <span key="value" className="mono wrap">
            {link.server}
          </span>,
        ],
        [
          'Its certificate',
          link.pin !== null ? (
            <HexValue key="value" hex={link.pin} label="Pinned SHA-256" groups={8} />
          ) : isSocket(link.server) ? (
            'none: a socket on this machine'
          ) : (
            'vouched for by public CAs'
          ),
        ],
        ['Token', link.hasToken ? 'kept, encrypted; it is never shown' : 'none'],
        ['post_limit_api', `${link.postLimit.toLocaleString('en')} octets`],
      ]}
    />
  );
}

function Steps({ link, signer }: { link: KrillLink; signer: SignerView | null }) {
  const associate = (update: boolean) => () => call('ta.krillAssociate', { update });
  const add = useStartedJob('ta.krillAssociate', associate(false), () =>
    showToast('Krill has associated this signer'),
  );
  const update = useStartedJob('ta.krillAssociate', associate(true), () =>
    showToast('Krill has the newest of this signer'),
  );
  const fetch = useStartedJob(
    'ta.krillRequest',
    () => call('ta.krillRequest', {}),
    ({ resultIds: [id] }) => navigate('ta-review', { id }),
  );
  const all = [add, update, fetch];
  const busy = all.some(({ running }) => running);
  const why = signer === null ? 'Set up the signer first' : busy ? 'One step after the other' : null;
  const associated = signer !== null && link.associated === signer.keyId;
  return (
    <>
      <div className="row-wrap">
        <Button whyDisabled={why} onPress={() => void add.action.run()}>
          Associate
        </Button>
        <Button whyDisabled={why} onPress={() => void update.action.run()}>
          Update
        </Button>
        <Button
          kind="primary"
          whyDisabled={
            why ??
            (associated
              ? null
              : 'Associate this signer first; where it was associated by a file, update it once from here')
          }
          onPress={() => void fetch.action.run()}
        >
          Open a request at Krill…
        </Button>
      </div>
      <p className="dim">
        {signer === null
          ? 'The set-up of the signer takes proxy-id.json and proxy-repo.json from here.'
          : 'Associate once after the set-up, update after each reissue. The button has Krill open a request, or show the one that is open; it is reviewed as ever, and its response is sent from its exchange.'}
      </p>
      {all.map(({ action, progress }, index) => (
        <div key={index} className="stack" hidden={progress === null && action.error === null}>
          {progress}
          {action.error ? <ErrorState error={action.error} /> : null}
        </div>
      ))}
    </>
  );
}

/** `proxyHere`: the proxy is in this workspace, so no Krill is needed. */
export function KrillCard({ signer, proxyHere }: { signer: SignerView | null; proxyHere: boolean }) {
  const found = useQuery('ta.krill', {}, ['ta']);
  const [dialog, setDialog] = useState<'connect' | 'forget' | null>(null);
  const link = found.data?.link ?? null;
  return (
    <Card
      title="A running Krill"
      aside={
        link === null ? (
          <Tag>not connected</Tag>
        ) : (
          <>
            <Tag tone="good">connected</Tag>
            <Button size="small" onPress={() => setDialog('connect')}>
              Settings…
            </Button>
            <Button size="small" onPress={() => setDialog('forget')}>
              Forget…
            </Button>
          </>
        )
      }
    >
      {found.data === null ? (
        found.error ? (
          <ErrorState error={found.error} onRetry={found.reload} />
        ) : (
          <Loading what="the Krill" />
        )
      ) : link === null ? (
        <div className="stack">
          <p className="dim">
            {proxyHere
              ? "The proxy is in this workspace. A Krill is connected only where it is the trust anchor's proxy."
              : 'For a test bed: this signer serves the trust anchor proxy of a running Krill over its HTTP API, and no file is carried.'}
          </p>
          <div className="row-wrap">
            <Button
              whyDisabled={proxyHere ? 'The proxy is in this workspace: no Krill is needed' : null}
              onPress={() => setDialog('connect')}
            >
              Connect a Krill…
            </Button>
          </div>
        </div>
      ) : (
        <div className="stack">
          <Facts link={link} />
          <Steps link={link} signer={signer} />
        </div>
      )}
      <KrillConnectDialog link={link} open={dialog === 'connect'} onClose={() => setDialog(null)} />
      <ConfirmDialog
        open={dialog === 'forget'}
        onClose={() => setDialog(null)}
        title="Forget this Krill?"
        lost={['Its address, its pinned certificate and the token. Krill itself keeps what it has.']}
        verb="Forget it"
        channel="ta.forgetKrill"
        onConfirm={() => call('ta.forgetKrill', {})}
      />
    </Card>
  );
}
