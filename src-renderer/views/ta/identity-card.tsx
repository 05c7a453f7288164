/** The fingerprint of one half, large and in numbered groups: it is read aloud to whoever enrols it on the other machine. */
import { Printer } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DigestBoard } from '../../components/digest-board.tsx';
import { CopyButton } from '../../components/hex-value.tsx';
import { usePrintedCard } from '../../components/printed-card.tsx';

interface IdentityProps {
  half: 'proxy' | 'signer';
  identity: { keyId: string; sha256: string };
}

const SAYS = {
  proxy: 'Nobody signs proxy-id.json. Whoever sets the signer up hears these groups from you and types them.',
  signer:
    'Nobody signs signer-info.json. Whoever associates the signer with its proxy hears these groups from you and types them.',
} as const;

function Board({ half, identity }: IdentityProps) {
  return <DigestBoard hex={identity.sha256} label={`SHA-256 of the ${half}'s identity in groups of four`} />;
}

function usePrintIdentity(props: IdentityProps) {
  return usePrintedCard(
    <>
      <h1>Trust anchor {props.half}: identity</h1>
      <p>SHA-256 of its identity certificate. {SAYS[props.half]}</p>
      <Board {...props} />
      <p>Key {props.identity.keyId}</p>
    </>,
  );
}

export function IdentityCard(props: IdentityProps) {
  const { print, sheet } = usePrintIdentity(props);
  return (
    <Card
      title="Fingerprint, read aloud"
      note={`the ${props.half}'s identity`}
      aside={
        <>
          <CopyButton text={props.identity.sha256} what="SHA-256 of the identity" />
          <Button size="small" icon={<Printer aria-hidden />} onPress={print}>
            Print…
          </Button>
        </>
      }
    >
      <div className="stack-tight">
        <Board {...props} />
        <p className="dim">{SAYS[props.half]}</p>
      </div>
      {sheet}
    </Card>
  );
}

function Body(props: IdentityProps & { onClose: () => void }) {
  const { print, sheet } = usePrintIdentity(props);
  return (
    <>
      <Board {...props} />
      <p className="dim">{SAYS[props.half]}</p>
      <div className="dialog-foot">
        <CopyButton text={props.identity.sha256} what="SHA-256 of the identity" wide />
        <Button icon={<Printer aria-hidden />} onPress={print}>
          Print…
        </Button>
        <Button kind="primary" onPress={props.onClose}>
          Close
        </Button>
      </div>
      {sheet}
    </>
  );
}

export function IdentityDialog(props: IdentityProps & { open: boolean; onClose: () => void }) {
  const { open, ...body } = props;
  return (
    <Dialog
      open={open}
      onClose={props.onClose}
      title={`Fingerprint of the ${props.half}'s identity`}
      size="wide"
    >
      <Body {...body} />
    </Dialog>
  );
}
