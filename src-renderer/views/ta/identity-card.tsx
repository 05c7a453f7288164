/** The proxy's fingerprint, large and in groups: it is read aloud to whoever sets its signer up. */
import { Printer } from 'lucide-react';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { DigestBoard } from '../../components/digest-board.tsx';
import { CopyButton } from '../../components/hex-value.tsx';
import { usePrintedCard } from '../../components/printed-card.tsx';

interface IdentityProps {
  proxy: ProxyView;
}

function Board({ proxy }: IdentityProps) {
  return (
    <DigestBoard hex={proxy.identity.sha256} label="SHA-256 of the proxy's identity in groups of four" />
  );
}

function useIdentitySheet({ proxy }: IdentityProps) {
  return usePrintedCard(
    <>
      <h1>Trust anchor proxy: identity</h1>
      <p>SHA-256 of its identity certificate. The signer's operator types it at set-up.</p>
      <Board proxy={proxy} />
      <p>Key {proxy.identity.keyId}</p>
    </>,
  );
}

const SAYS =
  'Nobody signs proxy-id.json. Whoever sets the signer up hears these groups from you and types them.';

export function IdentityCard({ proxy }: IdentityProps) {
  const { print, sheet } = useIdentitySheet({ proxy });
  return (
    <Card
      title="Fingerprint, read aloud"
      note="the proxy's identity"
      aside={
        <>
          <CopyButton text={proxy.identity.sha256} what="SHA-256 of the identity" />
          <Button size="small" icon={<Printer aria-hidden />} onPress={print}>
            Print…
          </Button>
        </>
      }
    >
      <div className="stack-tight">
        <Board proxy={proxy} />
        <p className="dim">{SAYS}</p>
      </div>
      {sheet}
    </Card>
  );
}

export function IdentityBody({ proxy, onClose }: IdentityProps & { onClose: () => void }) {
  const { print, sheet } = useIdentitySheet({ proxy });
  return (
    <>
      <Board proxy={proxy} />
      <p className="dim">{SAYS}</p>
      <div className="dialog-foot">
        <CopyButton text={proxy.identity.sha256} what="SHA-256 of the identity" wide />
        <Button icon={<Printer aria-hidden />} onPress={print}>
          Print…
        </Button>
        <Button kind="primary" onPress={onClose}>
          Close
        </Button>
      </div>
      {sheet}
    </>
  );
}
