/** The trust anchor of this workspace: where its operator stands, then each half that is here, then everything exchanged. */
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { hrefOf, replacePath } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { ExchangesTable } from './exchanges-table.tsx';
import { GuideCard } from './guide.tsx';
import { GoOnDialog } from './go-on-dialog.tsx';
import { guideOf } from './guide-model.ts';
import { holderOf } from './guide-steps.ts';
import { useHandedOut } from './handed-out.ts';
import { NoSigner } from './no-signer.tsx';
import { type ProxyDialog, ProxyDialogs } from './proxy-dialogs.tsx';
import { ProxyPane } from './proxy-pane.tsx';
import { ReissueDialog } from './reissue-dialog.tsx';
import { SignerPane } from './signer-pane.tsx';
import { StickCard } from './stick-card.tsx';

function Pane(props: { title: string; says: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="pane" aria-labelledby={id}>
      <header className="pane-head">
        <h2 id={id}>{props.title}</h2>
        <span className="quiet">{props.says}</span>
      </header>
      {props.children}
    </section>
  );
}

/** What the signer answered: the proxy's open request, when both are here, and any at all. */
function useAnswered(proxy: ProxyView | null, signer: SignerView | null) {
  const nonce = proxy?.open?.nonce ?? null;
  const found = useQuery('ta.exchanges', { half: 'signer', cursor: null, limit: 50 }, ['ta'], {
    skip: signer === null || (proxy !== null && nonce === null),
  });
  const rows = found.data?.rows ?? [];
  const [last] = rows;
  return {
    answered: (nonce === null ? null : rows.find((row) => row.nonce === nonce)) ?? null,
    // What krillta signed was carried by its operator; one that the signer went on without is carried by nobody.
    made:
      last !== undefined &&
      signer !== null &&
      last.how.startsWith('signed here') &&
      last.number === signer.number
        ? last
        : null,
    // While it is not known: nothing is asked for that was done already.
    exchanged: found.data === null || rows.length > 0,
    reissued: signer?.sinceExchange ?? false,
  };
}

/** The signer's set-up was begun in this workspace. */
function useSetUpBegun(skip: boolean): boolean {
  const drafts = useQuery('drafts.list', {}, ['drafts'], { skip });
  return drafts.data?.drafts.some(({ kind }) => kind === 'ta.signer') ?? false;
}

interface HalvesProps {
  proxy: ProxyView | null;
  signer: SignerView | null;
  offline: boolean;
  /** Nothing in this workspace is in earnest. */
  rehearsal: boolean;
  /** A child's file that was dropped: the dialog opens with it. */
  child: string | null;
  /** A response that is to be taken back, opened already. */
  back: string | null;
}

function SignerDialogs(props: {
  signer: SignerView | null;
  dialog: 'go-on' | 'reissue' | null;
  onClose: () => void;
}) {
  const { signer, dialog, onClose } = props;
  return signer === null ? null : (
    <>
      <GoOnDialog signer={signer} open={dialog === 'go-on'} onClose={onClose} />
      <ReissueDialog signer={signer} open={dialog === 'reissue'} onClose={onClose} />
    </>
  );
}

function Halves({ proxy, signer, offline, rehearsal, child, back }: HalvesProps) {
  const [dialog, setDialog] = useState<ProxyDialog | null>(null);
  const [signerDialog, setSignerDialog] = useState<'go-on' | 'reissue' | null>(null);
  const known = useAnswered(proxy, signer);
  const krill = useQuery('ta.krill', {}, ['ta'], { skip: offline || signer === null });
  const begun = useSetUpBegun(proxy === null || signer !== null);
  const connected = Boolean(krill.data?.link);
  const handedOut = useHandedOut();
  const both = proxy !== null && signer !== null;
  const none = proxy === null && signer === null;
  const guide =
    handedOut.data === null
      ? null
      : guideOf({
          ...{ proxy, signer, ...known, krill: connected, offline, signerHere: rehearsal || begun },
          handedOut: handedOut.data,
        });
  const close = (): void => {
    setDialog(null);
    if (child !== null) replacePath('/trust-anchor');
  };
  return (
    <Page
      title="Trust anchor"
      tags={
        none ? undefined : (
          <span className="quiet">{both ? 'proxy and signer' : proxy ? 'proxy' : 'signer'}</span>
        )
      }
      actions={
        <>
          <LinkButton href={hrefOf('ta-record')}>Record…</LinkButton>
          {offline ? null : <LinkButton href={hrefOf('ta-network')}>Network…</LinkButton>}
        </>
      }
    >
      {guide === null ? (
        <Card title="You are here">
          {handedOut.error ? (
            <ErrorState error={handedOut.error} onRetry={handedOut.reload} />
          ) : (
            <Loading what="where it stands" />
          )}
        </Card>
      ) : (
        <GuideCard
          guide={guide}
          oneMachine={both}
          putOut={proxy?.putOut ?? true}
          open={proxy?.open ?? null}
          onDialog={setDialog}
          onGoOn={() => setSignerDialog('go-on')}
          onReissue={() => setSignerDialog('reissue')}
        />
      )}
      <StickCard />
      {proxy === null ? null : (
        <Pane title="The proxy" says="the online half: children ask it, it publishes">
          <ProxyPane
            proxy={proxy}
            signer={signer}
            holder={guide === null || proxy.open === null ? null : holderOf(guide)}
            onDialog={setDialog}
          />
        </Pane>
      )}
      {signer === null ? (
        proxy !== null && proxy.signer !== null ? null : (
          <NoSigner testBed={!offline} primary={offline} />
        )
      ) : (
        <Pane title="The signer" says="the offline half: it holds the key">
          <SignerPane
            signer={signer}
            back={back}
            onGoOn={proxy === null ? null : () => setSignerDialog('go-on')}
            onReissue={() => setSignerDialog('reissue')}
          />
        </Pane>
      )}
      <SignerDialogs signer={signer} dialog={signerDialog} onClose={() => setSignerDialog(null)} />
      {none ? null : <ExchangesTable halves={both || !offline} />}
      {proxy === null ? null : (
        <ProxyDialogs
          proxy={proxy}
          dialog={dialog ?? (child === null ? null : 'child')}
          childFile={child}
          onClose={close}
        />
      )}
    </Page>
  );
}

export function TrustAnchor({ route, session }: ViewProps) {
  const signer = useQuery('ta.signer', {}, ['ta', 'keys']);
  const offline = session.workspace?.kind === 'offline';
  const proxy = useQuery('ta.proxy', {}, ['ta', 'keys'], { skip: offline });
  const error = signer.error ?? proxy.error;
  if (!signer.data || (!offline && !proxy.data))
    return (
      <Page title="Trust anchor">
        {error ? (
          <ErrorState
            error={error}
            onRetry={() => {
              signer.reload();
              proxy.reload();
            }}
          />
        ) : (
          <Loading what="the trust anchor" />
        )}
      </Page>
    );
  return (
    <Halves
      proxy={proxy.data?.proxy ?? null}
      signer={signer.data.signer}
      offline={offline}
      rehearsal={session.workspace?.kind === 'rehearsal'}
      child={route.query['child'] ?? null}
      back={route.query['back'] ?? null}
    />
  );
}
