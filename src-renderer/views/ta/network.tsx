/** Where the trust anchor meets the network: what it serves, the Krill whose proxy it signs for, what relying parties find. */
import { Anchor } from 'lucide-react';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Card } from '../../components/card.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/state-box.tsx';
import { KrillCard } from './krill-card.tsx';
import { PublicCard } from './public-card.tsx';
import { ServingCard } from './serving-card.tsx';

function Cards({ findings }: { findings: string | null }) {
  const proxy = useQuery('ta.proxy', {}, ['ta']);
  const signer = useQuery('ta.signer', {}, ['ta', 'keys']);
  const error = proxy.error ?? signer.error;
  if (!proxy.data || !signer.data)
    return error ? (
      <ErrorState
        error={error}
        onRetry={() => {
          proxy.reload();
          signer.reload();
        }}
      />
    ) : (
      <Loading what="the trust anchor" />
    );
  return (
    <>
      <ServingCard proxy={proxy.data.proxy} signerHere={signer.data.signer !== null} />
      <div className="columns">
        <KrillCard signer={signer.data.signer} proxyHere={proxy.data.proxy !== null} />
        <PublicCard
          some={signer.data.signer !== null || Boolean(proxy.data.proxy?.signer)}
          findings={findings}
        />
      </div>
    </>
  );
}

export function Network({ route, session }: ViewProps) {
  return (
    <Page title="Network" tags={<span className="quiet">of the trust anchor</span>}>
      {session.workspace?.kind === 'offline' ? (
        <Card>
          <EmptyState icon={<Anchor aria-hidden />} title="This workspace opens no connection">
            It is an offline station, for ever: it serves nobody, asks nobody and looks at nothing outside.
            Files go to and from the proxy's machine by hand.
          </EmptyState>
        </Card>
      ) : (
        <Cards findings={route.query['findings'] ?? null} />
      )}
    </Page>
  );
}
