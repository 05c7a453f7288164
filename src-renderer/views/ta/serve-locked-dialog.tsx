/** The choice to go on answering children while the workspace is locked: for how long, and what it means. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { RadioCards } from '../../components/choices.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { Notice } from '../../components/verdict.tsx';

const HOURS = ['1', '8', '24', '72'] as const;
type Hours = (typeof HOURS)[number];
const SAYS: Record<Hours, string> = {
  '1': 'a short absence',
  '8': 'a working day',
  '24': 'a day',
  '72': 'a weekend',
};

/** `tls`: the listener has a key of its own. */
export function ServeLockedDialog(props: { tls: boolean; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Go on while locked" size="wide">
      <Body tls={props.tls} onClose={props.onClose} />
    </Dialog>
  );
}

function Body({ tls, onClose }: { tls: boolean; onClose: () => void }) {
  const [hours, setHours] = useState<Hours>('8');
  const serve = useAction('ta.serveLocked', async () => {
    await call('ta.serveLocked', { hours: Number(hours) });
    onClose();
  });
  return (
    <DialogForm action={serve} why={null} verb={`Go on for ${hours} h`} onClose={onClose}>
      <p>
        {tls
          ? 'Without this, nobody is answered while the workspace is locked: the listener has a TLS key, which goes with the lock. Children ask again later; relying parties look for ta.cer at the other places of the TAL.'
          : 'Without this, children get 503 while the workspace is locked, and ask again later. Nothing is lost by that; ta.cer and ta.tal are handed out in any case.'}
      </p>
      <RadioCards
        label="From now on, for"
        value={hours}
        onChange={setHours}
        options={HOURS.map((value) => ({
          value,
          label: value === '1' ? '1 hour' : `${value} hours`,
          detail: SAYS[value],
        }))}
      />
      <Notice severity="careful">
        The proxy's identity key{tls ? ' and the key of the TLS certificate stay' : ' stays'} in memory while
        the workspace is locked, until the time is over. Whoever takes over this machine meanwhile could
        answer children in its name; the trust anchor's own key is not part of it.
      </Notice>
      <p className="dim">
        It is on record. What children ask meanwhile is told to the proxy when you unlock, and the choice ends
        then.
      </p>
    </DialogForm>
  );
}
