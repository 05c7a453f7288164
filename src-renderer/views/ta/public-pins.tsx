/** Servers of ta.cer and RRDP that no authority vouches for: their certificates compared by a person and pinned, or removed again. */
import { useState } from 'react';
import type { PublicFinding } from '#shared/contract/ta-net.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { compareGroups, FingerprintBoard } from '../../components/fingerprint-board.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Time } from '../../components/time.tsx';

type Shown = NonNullable<PublicFinding['shown']>;

/** What the server showed, and the way to vouch for it. `onPinned`: it is time to look again. */
export function ShownCertificate({ shown, onPinned }: { shown: Shown; onPinned: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <span className="row-wrap">
      <HexValue hex={shown.sha256} label="SHA-256 of the server's certificate" groups={8} />
      <Button size="small" onPress={() => setOpen(true)}>
        Compare and pin…
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Pin the certificate of a server" size="wide">
        <Body shown={shown} onPinned={onPinned} onClose={() => setOpen(false)} />
      </Dialog>
    </span>
  );
}

function Body(props: { shown: Shown; onPinned: () => void; onClose: () => void }) {
  const { shown, onPinned, onClose } = props;
  const { server, sha256 } = shown;
  const [typed, setTyped] = useState('');
  const pin = useAction('ta.pinPublic', async () => {
    await call('ta.pinPublic', { server, pin: typed });
    showToast(`The certificate of ${server} is pinned for these checks`);
    onClose();
    onPinned();
  });
  return (
    <DialogForm
      action={pin}
      why={
        compareGroups(sha256, typed).complete
          ? null
          : 'Type the whole fingerprint as the server itself has it'
      }
      verb="Pin it"
      onClose={onClose}
    >
      <p className="wrap">
        {server} showed this certificate. Read the fingerprint on the server itself, or have its operator read
        it to you. It is believed for this host and port alone, and for these checks alone: relying parties go
        by their own rules.
      </p>
      <FingerprintBoard sha256={sha256} notations={[]} onType={setTyped} />
    </DialogForm>
  );
}

/** The pinned ones, each removable; nothing where there is none. */
export function PinnedServers() {
  const found = useQuery('ta.publicPins', {}, ['ta']);
  const pins = found.data?.pins ?? [];
  if (pins.length === 0) return null;
  return (
    <details className="details">
      <summary>Pinned for these checks: {pins.length}</summary>
      <ul className="plain-list">
        {pins.map((pin) => (
          <li key={pin.server} className="row-wrap">
            <span className="mono wrap">{pin.server}</span>
            <HexValue hex={pin.sha256} label="SHA-256 of the pinned certificate" groups={4} />
            <span className="dim">
              since <Time at={pin.at} />
            </span>
            <Remove server={pin.server} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Remove({ server }: { server: string }) {
  const remove = useAction('ta.unpinPublic', () => call('ta.unpinPublic', { server }));
  return (
    <>
      <Button
        size="small"
        busy={remove.busy}
        label={`Remove the pin of ${server}`}
        onPress={() => void remove.run()}
      >
        Remove
      </Button>
      {remove.error ? <ErrorState error={remove.error} /> : null}
    </>
  );
}
