/**
 * A new passphrase, typed twice, with what main says about its strength. It decides nothing: main refuses what
 * is too short, the view waits for `ready`.
 */
import { useEffect, useState } from 'react';
import type { Answer, Payload } from '#shared/contract/index.ts';
import { newPassphrase } from '#shared/contract/workspace.ts';
import { call } from '../../app/call.ts';
import { SecretField } from '../../components/text-field.tsx';

export interface NewPassphrase {
  value: string;
  repeat: string;
}

export const EMPTY_PASSPHRASE: NewPassphrase = { value: '', repeat: '' };

/** Why it cannot be used yet, or null. */
export function whyNotPassphrase(typed: NewPassphrase): string | null {
  const parsed = newPassphrase.safeParse(typed.value);
  if (!parsed.success) return parsed.error.issues[0]?.message ?? 'Choose a passphrase';
  return typed.repeat === typed.value ? null : 'Type the same passphrase twice';
}

const WORDS = ['very weak', 'weak', 'fair', 'strong', 'very strong'] as const;

/** The workspace that is to be made; undefined for the open one. */
type OfWorkspace = Payload<'workspace.strength'>['of'];

function Strength({ passphrase, of }: { passphrase: string; of: OfWorkspace }) {
  const [answer, setAnswer] = useState<Answer<'workspace.strength'> | null>(null);
  useEffect(() => {
    if (passphrase === '') {
      setAnswer(null);
      return;
    }
    let current = true;
    const timer = setTimeout(() => {
      call('workspace.strength', { passphrase, ...(of === undefined ? {} : { of }) }).then(
        (next) => {
          if (current) setAnswer(next);
        },
        // The meter is a help, not a gate; creating says what is wrong.
        () => {
          if (current) setAnswer(null);
        },
      );
    }, 150);
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // By what is in it: the object is a new one each time.
  }, [passphrase, of?.name, of?.kind, of?.folder]);
  return (
    <div className="stack-tight" role="status">
      <div className="strength" data-score={answer?.score} aria-hidden>
        <i />
        <i />
        <i />
        <i />
      </div>
      {answer ? (
        <>
          <p className="small dim">
            <b>{WORDS[answer.score]}</b>
            {answer.score < 3 ? ', too easy to be accepted' : ''}; guessing it from the stolen folder would
            take {answer.crackTime}.
          </p>
          {answer.advice.map((advice) => (
            <p key={advice} className="small dim">
              {advice}
            </p>
          ))}
        </>
      ) : (
        <p className="small quiet">Its strength is shown here while you type.</p>
      )}
    </div>
  );
}

export function NewPassphraseFields(props: {
  value: NewPassphrase;
  onChange: (value: NewPassphrase) => void;
  label?: string;
  autoFocus?: boolean;
  of?: OfWorkspace;
}) {
  const { value, onChange } = props;
  const differs =
    value.repeat.length >= value.value.length && value.repeat !== '' && value.repeat !== value.value;
  return (
    <>
      <SecretField
        label={props.label ?? 'Passphrase'}
        value={value.value}
        onChange={(next) => onChange({ ...value, value: next })}
        autoFocus={props.autoFocus === true}
        help="At least 12 characters. Five or six random words are strong and can be remembered."
        explain={
          <>
            It encrypts everything in the workspace folder. Baleen keeps it nowhere and cannot reset it; the
            printed recovery key is the only other way in. Each guess costs half a second of computing, so
            length counts more than odd characters.
          </>
        }
      />
      <Strength passphrase={value.value} of={props.of} />
      <SecretField
        label={`${props.label ?? 'Passphrase'}, again`}
        value={value.repeat}
        onChange={(next) => onChange({ ...value, repeat: next })}
        error={differs ? 'The two are not the same' : null}
      />
    </>
  );
}
