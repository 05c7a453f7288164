/** The state of a signer first: one sentence, what is wrong with cause, check and fix, and the step that mends it. */
import { useState } from 'react';
import type { SignerRow, SignerTrouble } from '#shared/contract/signers.ts';
import { call } from '../../app/call.ts';
import { hrefOf } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Notice, Verdict } from '../../components/verdict.tsx';
import { Retry } from '../../components/retry.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { markText, OF_SLOTS, stateTone, stateWord, TRIES_TEXT, waitsForSecret } from './signer-words.ts';

/** Cause, check and fix of a failure: of a signer's trouble and of a line of the doctor. */
export function CauseCheckFix(props: { cause: string; check: string; fix: string }) {
  const lines = [
    ['Why', props.cause],
    ['Look', props.check],
    ['Mend', props.fix],
  ] as const;
  if (lines.every(([, text]) => text === '')) return null;
  return (
    <dl className="kv cause">
      {lines.map(([label, text]) =>
        text === '' ? null : (
          <div key={label} className="cause-line">
            <dt>{label}</dt>
            <dd className="wrap">{text}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** Leads to where the slots of its library are listed, and lists them. */
export function LookForSlots({ id }: { id: string }) {
  return (
    <div>
      <LinkButton href={hrefOf('signer-edit', { id }, { look: 'slots' })}>
        Look for slots in the settings
      </LinkButton>
    </div>
  );
}

/** `said`: the sentence that stands above it. */
function Trouble({ row, trouble, said }: { row: SignerRow; trouble: SignerTrouble; said: string }) {
  return (
    <div className="stack-tight">
      <p className="wrap">
        {trouble.text === said ? null : `${trouble.text} `}
        <span className="mono quiet">{trouble.code}</span>
      </p>
      <CauseCheckFix {...trouble} />
      {row.kind === 'pkcs11' && OF_SLOTS.has(trouble.code) ? <LookForSlots id={row.id} /> : null}
      {trouble.library === '' ? null : (
        <details className="details">
          <summary>Details</summary>
          <pre className="code">{trouble.library}</pre>
        </details>
      )}
    </div>
  );
}

/** A PIN that was refused, or not answered to, is not sent again before this: a person says that they looked. */
function PinAgain({ row, why, onAgain }: { row: SignerRow; why: string; onAgain: () => void }) {
  const again = useAction('signers.forgetRefusal', async () => {
    await call('signers.forgetRefusal', { id: row.id });
    onAgain();
  });
  const secret = row.kind === 'kmip' ? 'password' : 'PIN';
  const known = row.secretStored || row.secretHeld;
  return (
    <div className="stack-tight">
      <p className="wrap">{why}</p>
      <div className="row-wrap">
        {known ? <Button onPress={onAgain}>Type another {secret}</Button> : null}
        <Button busy={again.busy} onPress={() => void again.run()}>
          {known
            ? `I looked at it: send the kept ${secret} again`
            : `I looked at it: ask for the ${secret} again`}
        </Button>
      </div>
      {again.error ? <ErrorState error={again.error} /> : null}
    </div>
  );
}

/** The identity key is gone: a person who knows that it is the same device has it bound again. */
function BindAgain({ row, lost }: { row: SignerRow; lost: boolean }) {
  const [open, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      {lost ? (
        <div>
          <Button onPress={() => setOpen(true)}>Bind it again…</Button>
        </div>
      ) : null}
      <Dialog open={open} onClose={close} title={`Bind “${row.name}” again?`} alert>
        <BindAgainBody row={row} onClose={close} />
      </Dialog>
    </>
  );
}

function BindAgainBody({ row, onClose }: { row: SignerRow; onClose: () => void }) {
  const bind = useStartedJob(
    'signers.bindAgain',
    () => call('signers.bindAgain', { id: row.id }),
    () => {
      showToast('It is bound again by a new identity key');
      onClose();
    },
  );
  return (
    <DialogForm
      action={{ ...bind.action, busy: bind.running }}
      why={null}
      verb="Bind again"
      onClose={onClose}
    >
      <p>
        It is done only where the device has the serial of before and{' '}
        {row.keys === 0
          ? 'owns no key of this workspace that could prove more'
          : `every key of this workspace that it owns (${row.keys}), and each signs`}
        . A new identity key is made on it, and it is on record.
      </p>
      <p className="dim">Do it when you know that it is the same device, and why its identity key is gone.</p>
      {bind.progress}
    </DialogForm>
  );
}

/** `onAgain`: the mark of a PIN is gone, and the login is to begin. */
export function StateCard({ row, onAgain }: { row: SignerRow; onAgain: () => void }) {
  const { state, text, trouble, retryAt, tries } = row;
  const mark = markText(row);
  const waits = waitsForSecret(row);
  return (
    <Verdict
      severity={stateTone(row)}
      title={waits && mark !== null ? mark : text}
      action={
        state === 'unusable' || state === 'retrying' || (waits && trouble !== null) ? (
          <LinkButton href={hrefOf('signer-doctor', { id: row.id })}>Ask the doctor</LinkButton>
        ) : undefined
      }
    >
      <div className="stack-tight">
        <p className="dim">
          State: {stateWord(row)}
          {retryAt === null ? null : (
            <>
              , <Retry at={retryAt} />
            </>
          )}
          {row.secretHeld ? '. Its PIN is kept in memory until the workspace is locked.' : null}
        </p>
        {trouble === null ? null : <Trouble row={row} trouble={trouble} said={text} />}
        <BindAgain row={row} lost={trouble?.code === 'IDENTITY_LOST'} />
        {tries === null ? null : (
          <Notice severity={tries === 'low' ? 'careful' : 'bad'}>{TRIES_TEXT[tries]}</Notice>
        )}
        {mark === null ? null : <PinAgain row={row} why={waits ? text : mark} onAgain={onAgain} />}
      </div>
    </Verdict>
  );
}
