/**
 * A device asks for its PIN, or waits for a hand, whatever screen is open. One question at a time, the oldest first;
 * none while the workspace is locked. The PIN lives here until it is sent, and nowhere else.
 */
import { useState } from 'react';
import type { SignerPrompt } from '#shared/contract/signers.ts';
import { RadioCards } from '../components/choices.tsx';
import { Button } from '../components/button.tsx';
import { KeyValue } from '../components/card.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorState } from '../components/state-box.tsx';
import { SecretField } from '../components/text-field.tsx';
import { Ago } from '../components/time.tsx';
import { Notice } from '../components/verdict.tsx';
import { TRIES_TEXT } from '../views/signers/signer-words.ts';
import { call } from './call.ts';
import { reloadQuery } from './query-store.ts';
import type { Session } from './session.ts';
import { useAction } from './use-action.ts';
import { useQuery } from './use-query.ts';

type Keep = 'no' | 'until-lock' | 'vault';

const KEEP: readonly { value: Keep; label: string; detail: string }[] = [
  {
    value: 'no',
    label: 'Use it now',
    detail: 'It is not kept. The device stays logged in until you log out or lock.',
  },
  { value: 'until-lock', label: 'Until the workspace is locked', detail: 'In memory only, never written.' },
  {
    value: 'vault',
    label: 'In the encrypted workspace',
    detail: 'It is not asked again. The passphrase then opens both.',
  },
];

/** A PIN for signatures may be another than that of the login, which the workspace keeps. */
const KEEP_TO_SIGN: typeof KEEP = [
  { value: 'no', label: 'Use it now', detail: 'For this one signature. The next one asks again.' },
  {
    value: 'until-lock',
    label: 'Until the workspace is locked',
    detail: 'For the signatures that follow too. In memory only, never written.',
  },
];

const again = (): void => reloadQuery('signers.prompts', {});

/** Takes the question back; what waited for the answer is told that it was cancelled. */
function useCancel(prompt: SignerPrompt) {
  return useAction('signers.cancelPrompt', async () => {
    await call('signers.cancelPrompt', { prompt: prompt.id });
    again();
  });
}

function More({ more }: { more: number }) {
  if (more === 0) return null;
  return (
    <span className="foot-note quiet">
      {more === 1 ? 'One more question waits.' : `${more} more questions wait.`}
    </span>
  );
}

/** What the signer of a question asks for, and which device it is, in force or pending. */
function useAsker({ signer, token, server }: SignerPrompt): {
  secret: 'PIN' | 'password';
  device: [name: string, value: string][];
} {
  const list = useQuery('signers.list', {}, ['signers']).data;
  const row = list?.rows.find(({ id }) => id === signer);
  const found = row ?? list?.pending.signers.find(({ id }) => id === signer);
  const settings = found?.settings ?? null;
  // SECURITY: where it goes, which is not always what is in force.
  if (server !== null)
    return { secret: 'password', device: [['Server', `${server.host} port ${server.port}`]] };
  if (settings === null || settings.kind === 'kmip') return { secret: 'PIN', device: [] };
  const label =
    token?.label ?? row?.device?.label ?? (settings.slot.by === 'label' ? settings.slot.label : null);
  const serial = token?.serial ?? row?.device?.serial ?? settings.serial;
  return {
    secret: 'PIN',
    device: [
      ...(label === null ? [] : [['Token', label] as [string, string]]),
      ...(serial === null ? [] : [['Serial', serial] as [string, string]]),
    ],
  };
}

function PinBody({ prompt, more, cancel, secret, device }: PromptProps) {
  const [pin, setPin] = useState('');
  const [keep, setKeep] = useState<Keep>('no');
  const answer = useAction('signers.answer', async () => {
    const sent = pin;
    setPin('');
    await call('signers.answer', { prompt: prompt.id, pin: sent, keep });
    again();
  });
  const refused = answer.error?.fieldError('pin') ?? null;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (pin !== '') void answer.run();
      }}
    >
      <p className="wrap">{prompt.text}</p>
      {device.length === 0 ? null : (
        <KeyValue
          items={device.map(([name, value]) => [
            name,
            <span className="mono wrap" key={name}>
              {value}
            </span>,
          ])}
        />
      )}
      {prompt.tries === null ? null : (
        <Notice severity={prompt.tries === 'final' ? 'bad' : 'careful'}>{TRIES_TEXT[prompt.tries]}</Notice>
      )}
      <SecretField
        label={prompt.forSignature ? 'Signature PIN' : secret === 'PIN' ? 'PIN' : 'Password'}
        value={pin}
        onChange={setPin}
        autoFocus
        mono
        error={refused}
      />
      <RadioCards
        label="Keep it"
        value={keep}
        onChange={setKeep}
        options={prompt.forSignature ? KEEP_TO_SIGN : KEEP}
        columns={1}
      />
      {answer.error && refused === null ? <ErrorState error={answer.error} /> : null}
      {cancel.error ? <ErrorState error={cancel.error} /> : null}
      <div className="dialog-foot">
        <More more={more} />
        <Button busy={cancel.busy} onPress={() => void cancel.run()}>
          Cancel
        </Button>
        <Button
          kind="primary"
          type="submit"
          busy={answer.busy}
          whyDisabled={pin === '' ? `Type the ${secret}` : null}
        >
          Send {secret}
        </Button>
      </div>
    </form>
  );
}

interface PromptProps {
  prompt: SignerPrompt;
  more: number;
  secret: 'PIN' | 'password';
  /** What it is called where it can be looked up; empty: not known yet. */
  device: [name: string, value: string][];
  cancel: ReturnType<typeof useCancel>;
}

function WaitsBody({ prompt, more, cancel }: PromptProps) {
  return (
    <div className="stack">
      <p className="row" role="status">
        <span className="spinner" aria-hidden />
        <b className="wrap">{prompt.text}</b>
      </p>
      <p className="dim">
        It waits as long as you need, since <Ago at={prompt.since} />.
      </p>
      {cancel.error ? <ErrorState error={cancel.error} /> : null}
      <div className="dialog-foot">
        <More more={more} />
        <Button autoFocus busy={cancel.busy} onPress={() => void cancel.run()}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

function PromptDialog({ prompt, more }: { prompt: SignerPrompt; more: number }) {
  const cancel = useCancel(prompt);
  const { secret, device } = useAsker(prompt);
  const Body = prompt.kind === 'pin' ? PinBody : WaitsBody;
  return (
    <Dialog
      open
      onClose={() => void cancel.run()}
      title={
        prompt.kind === 'pin'
          ? `${prompt.forSignature ? 'Signature PIN' : secret === 'PIN' ? 'PIN' : 'Password'} of “${prompt.signerName}”`
          : `“${prompt.signerName}” waits for you`
      }
      alert
    >
      <Body prompt={prompt} more={more} cancel={cancel} secret={secret} device={device} />
    </Dialog>
  );
}

export function SignerPrompts({ state }: { state: Session['state'] }) {
  const unlocked = state === 'unlocked';
  const found = useQuery('signers.prompts', {}, ['signers'], { skip: !unlocked });
  const prompts = found.data?.prompts ?? [];
  const [first] = prompts;
  if (!unlocked || first === undefined) return null;
  // With the next question everything typed for this one is gone.
  return <PromptDialog key={first.id} prompt={first} more={prompts.length - 1} />;
}
