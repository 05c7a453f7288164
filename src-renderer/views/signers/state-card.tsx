/** The state of a signer first: one sentence, what is wrong with cause, check and fix, and the step that mends it. */
import type { SignerRow, SignerTrouble } from '#shared/contract/signers.ts';
import { call } from '../../app/call.ts';
import { hrefOf } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Notice, Verdict } from '../../components/verdict.tsx';
import { Retry } from '../../components/retry.tsx';
import { markText, STATE_TONE, STATE_WORD, TRIES_TEXT } from './signer-words.ts';

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

/** `said`: the sentence that stands above it. */
function Trouble({ trouble, said }: { trouble: SignerTrouble; said: string }) {
  return (
    <div className="stack-tight">
      <p className="wrap">
        {trouble.text === said ? null : `${trouble.text} `}
        <span className="mono quiet">{trouble.code}</span>
      </p>
      <CauseCheckFix {...trouble} />
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
      <div>
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

/** `onAgain`: the mark of a PIN is gone, and the login is to begin. */
export function StateCard({ row, onAgain }: { row: SignerRow; onAgain: () => void }) {
  const { state, text, trouble, retryAt, tries } = row;
  const mark = markText(row);
  return (
    <Verdict
      severity={STATE_TONE[state]}
      title={text}
      action={
        state === 'unusable' || state === 'retrying' ? (
          <LinkButton href={hrefOf('signer-doctor', { id: row.id })}>Ask the doctor</LinkButton>
        ) : undefined
      }
    >
      <div className="stack-tight">
        <p className="dim">
          State: {STATE_WORD[state]}
          {retryAt === null ? null : (
            <>
              , <Retry at={retryAt} />
            </>
          )}
          {row.secretHeld ? '. Its PIN is kept in memory until the workspace is locked.' : null}
        </p>
        {trouble === null ? null : <Trouble trouble={trouble} said={text} />}
        {tries === null ? null : (
          <Notice severity={tries === 'low' ? 'careful' : 'bad'}>{TRIES_TEXT[tries]}</Notice>
        )}
        {mark === null ? null : <PinAgain row={row} why={mark} onAgain={onAgain} />}
      </div>
    </Verdict>
  );
}
