/** The way out after something was signed by a clock that was ahead: what it does, today's date, and what must follow. */
import { type ReactNode, useState } from 'react';
import type { LocalChildView } from '#shared/contract/ta-child.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { useNow } from '../../app/clock.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { type Action, useAction } from '../../app/use-action.ts';
import { CloseFoot, Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { Time } from '../../components/time.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { Notice } from '../../components/verdict.tsx';
import { useApprovers } from './approver-names.tsx';
import { TodayField, whyNotToday } from './today-field.tsx';

export function GoOnDialog(props: { signer: SignerView; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Go on from this clock" size="wide">
      <Body {...props} />
    </Dialog>
  );
}

/** What will be made anew (children), why that is safe, and today's date from another clock. */
function GoOnForm(props: {
  action: Action<[]>;
  today: string;
  onToday: (today: string) => void;
  onClose: () => void;
  /** Whoever else has to agree. */
  approvers?: { why: string | null; fields: ReactNode };
  children: ReactNode;
}) {
  const { action, today, approvers } = props;
  const error = action.error?.fieldError('today') ?? null;
  return (
    <DialogForm
      action={action}
      why={whyNotToday(today) ?? approvers?.why ?? null}
      verb="Go on from this clock"
      onClose={props.onClose}
      saidByField={error !== null}
    >
      <p>{props.children}</p>
      <p className="dim">
        Relying parties whose clocks are right have never taken what is of the future, so they take what is
        made now. If this machine's clock is the wrong one, they refuse it, because its time goes back: then
        cancel, and set the clock.
      </p>
      <TodayField
        says="That it was done goes on record."
        value={today}
        onChange={props.onToday}
        error={error}
      />
      {approvers?.fields}
    </DialogForm>
  );
}

function Done({ onClose }: { onClose: () => void }) {
  return (
    <>
      <Notice severity="good" live>
        What began in the future is made anew with the time of this machine.
      </Notice>
      <ol>
        <li>Bring signer-info.json to the proxy, which takes it over.</li>
        <li>
          Was a response of the future not taken by the proxy? Open the same request.json again: it can be
          signed once more.
        </li>
        <li>When a reissue was of the future: put the new ta.cer at every place the TAL names.</li>
        <li>Relying parties find all of it after the next response is published.</li>
      </ol>
      <CloseFoot onClose={onClose} />
    </>
  );
}

function Body({ signer, onClose }: { signer: SignerView; onClose: () => void }) {
  const [today, setToday] = useState('');
  const [done, setDone] = useState(false);
  const approvers = useApprovers();
  const now = new Date(useNow()).toISOString();
  const { action, progress } = useStartedJob(
    'ta.goOn',
    () => call('ta.goOn', { today, names: approvers.names }),
    () => setDone(true),
  );
  if (done) return <Done onClose={onClose} />;
  if (progress !== null) return progress;
  return (
    <GoOnForm action={action} today={today} onToday={setToday} onClose={onClose} approvers={approvers}>
      What was signed last is of{' '}
      {signer.aheadUntil === null ? 'the future' : <Time at={signer.aheadUntil} clock />}, and this machine
      says <Time at={now} clock />. Every certificate, CRL and manifest that begins later than now is made
      anew, with a number above the last one.
    </GoOnForm>
  );
}

/** The same for a local child: only its CRL and manifest, which are published at once. */
export function ChildGoOnDialog(props: { child: LocalChildView; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Go on from this clock" size="wide">
      <ChildBody {...props} />
    </Dialog>
  );
}

function ChildBody({ child, onClose }: { child: LocalChildView; onClose: () => void }) {
  const [today, setToday] = useState('');
  const now = new Date(useNow()).toISOString();
  const { handle, aheadUntil } = child;
  const action = useAction('ta.localGoOn', async () => {
    showToast((await call('ta.localGoOn', { handle, today })).says);
    onClose();
  });
  return (
    <GoOnForm action={action} today={today} onToday={setToday} onClose={onClose}>
      CRL and manifest of {handle} are of{' '}
      {aheadUntil === null ? 'the future' : <Time at={aheadUntil} clock />}, and this machine says{' '}
      <Time at={now} clock />. They are made anew, with a number above the last one, and published.
    </GoOnForm>
  );
}
