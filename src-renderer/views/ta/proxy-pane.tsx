/** The proxy's half: warnings, the exchange, the clock, its children, what it is and what it hands out. */
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { Notice } from '../../components/verdict.tsx';
import { ChildrenCard } from './children-card.tsx';
import { ExchangeClock } from './exchange-clock.tsx';
import { FileRows } from './file-rows.tsx';
import { IncomingFiles } from './incoming-files.tsx';
import type { ProxyDialog } from './proxy-dialogs.tsx';
import { Identity, ProxyFacts } from './proxy-facts.tsx';
import { RequestCard } from './request-card.tsx';
import { proxyFiles } from './ta-files.ts';

export function ProxyPane(props: {
  proxy: ProxyView;
  signer: SignerView | null;
  onDialog: (dialog: ProxyDialog) => void;
}) {
  const { proxy, signer, onDialog } = props;
  const associated = proxy.signer !== null;
  return (
    <>
      {proxy.warnings.map(({ severity, text }) => (
        <Notice key={text} severity={severity}>
          {text}
        </Notice>
      ))}
      {associated ? (
        <>
          <div className="columns">
            <RequestCard proxy={proxy} onDialog={onDialog} />
            <ExchangeClock proxy={proxy} />
          </div>
          <ChildrenCard proxy={proxy} onDialog={onDialog} />
        </>
      ) : null}
      <div className="columns">
        <Identity proxy={proxy} />
        <ProxyFacts proxy={proxy} onDialog={onDialog} />
      </div>
      <div className="columns">
        <FileRows title="Files of the proxy" files={proxyFiles(proxy, signer)} />
        <IncomingFiles proxy={proxy} />
      </div>
    </>
  );
}
