/** The proxy's half: warnings, the exchange, the clock, its children, what it is and what it hands out. */
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { Notice } from '../../components/verdict.tsx';
import { ChildrenCard } from './children-card.tsx';
import { ExchangeClock } from './exchange-clock.tsx';
import { FileRows } from './file-rows.tsx';
import type { Where } from './guide-steps.ts';
import { IncomingFiles } from './incoming-files.tsx';
import type { ProxyDialog } from './proxy-dialogs.tsx';
import { IdentityCard } from './identity-card.tsx';
import { ProxyFacts } from './proxy-facts.tsx';
import { LocalChildren } from './local-children.tsx';
import { RequestCard, ResponseCard } from './request-card.tsx';
import { proxyFiles } from './ta-files.ts';
import { UnownedKeys } from './unowned-keys.tsx';

export function ProxyPane(props: {
  proxy: ProxyView;
  signer: SignerView | null;
  /** Who has the exchange that is under way. */
  holder: Where | null;
  onDialog: (dialog: ProxyDialog) => void;
}) {
  const { proxy, signer, onDialog } = props;
  const incoming = <IncomingFiles proxy={proxy} />;
  const files = <FileRows title="Files of the proxy" files={proxyFiles(proxy, signer)} />;
  return (
    <>
      {proxy.warnings.map(({ severity, text }) => (
        <Notice key={text} severity={severity}>
          {text}
        </Notice>
      ))}
      {proxy.signer === null ? (
        <>
          <div className="columns">
            <IdentityCard half="proxy" identity={proxy.identity} />
            <ProxyFacts proxy={proxy} onDialog={onDialog} />
          </div>
          <div className="columns">
            {files}
            {incoming}
          </div>
        </>
      ) : (
        <>
          <div className="columns">
            <RequestCard proxy={proxy} onDialog={onDialog} />
            <div className="stack">
              <ExchangeClock proxy={proxy} holder={props.holder} />
              {proxy.open === null ? null : <ResponseCard />}
            </div>
          </div>
          <ChildrenCard proxy={proxy} onDialog={onDialog} />
          <UnownedKeys keys={proxy.unowned} />
          <LocalChildren />
          <div className="columns">
            <div className="stack">
              <ProxyFacts proxy={proxy} onDialog={onDialog} />
              {signer === null ? incoming : null}
            </div>
            <div className="stack">
              {files}
              {signer === null ? null : incoming}
            </div>
          </div>
        </>
      )}
    </>
  );
}
