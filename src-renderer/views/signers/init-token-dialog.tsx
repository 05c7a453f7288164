/** A token gets its label, its PIN and its security officer's: an empty one, or one whose keys are given up by typing its serial. */
import { useEffect, useRef, useState } from 'react';
import { shownText } from '#shared/hidden-characters.ts';
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { SecretField, TextField } from '../../components/text-field.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { slotIdText } from './signer-words.ts';

export type TokenSlot = DeviceTable['slots'][number] & {
  token: NonNullable<DeviceTable['slots'][number]['token']>;
};

interface InitTokenProps {
  library: { libPath: string; environment: Record<string, string> };
  slot: TokenSlot;
  /** `tried`: something may have been done to it. */
  onClose: (tried: boolean) => void;
  /** It has this label now. */
  onMade: (label: string) => void;
}

/** `slot` null: closed. */
export function InitTokenDialog({
  slot,
  onClose,
  ...props
}: Omit<InitTokenProps, 'slot'> & { slot: TokenSlot | null }) {
  const [running, setRunning] = useState(false);
  const tried = useRef(false);
  // Also where it was made, and its maker closed it.
  useEffect(() => {
    tried.current = false;
  }, [slot]);
  const run = (now: boolean): void => {
    setRunning(now);
    tried.current ||= now;
  };
  /** An erasing that nobody sees the end of would leave a list behind that is wrong. */
  const close = (): void => {
    if (running) return;
    onClose(tried.current);
  };
  const name = slot?.token.label === '' ? 'the token' : `“${slot?.token.label ?? ''}”`;
  return (
    <Dialog
      open={slot !== null}
      onClose={close}
      title={slot?.token.initialized ? `Erase ${name} and initialise it anew` : 'Initialise the token'}
      alert={slot?.token.initialized ?? false}
    >
      {slot === null ? null : <Body slot={slot} {...props} onClose={close} onRun={run} />}
    </Dialog>
  );
}

interface Typed {
  label: string;
  pin: string;
  again: string;
  soPin: string;
  soAgain: string;
  serial: string;
}
const EMPTY: Typed = { label: '', pin: '', again: '', soPin: '', soAgain: '', serial: '' };
const LEAST_PIN = 4;

const octets = (text: string): number => new TextEncoder().encode(text.trim()).length;
const short = (pin: string): string | null =>
  pin !== '' && pin.length < LEAST_PIN ? `At least ${LEAST_PIN} characters; many devices want more.` : null;
const differs = (first: string, again: string): string | null =>
  again !== '' && !first.startsWith(again) ? 'It differs from the one above.' : null;

/** Why it cannot be done yet; null when it can. */
function missing(typed: Typed, erased: string | null): string | null {
  const { label, pin, again, soPin, soAgain, serial } = typed;
  if (erased !== null && serial.trim() !== erased) return `Type the serial ${erased}`;
  if (label.trim() === '') return 'Give it a label';
  if (octets(label) > 32) return 'Choose a shorter label';
  if (pin.length < LEAST_PIN) return `Give it a PIN of ${LEAST_PIN} characters or more`;
  if (pin !== again) return 'Type the PIN twice the same';
  if (soPin.length < LEAST_PIN) return "Type the security officer's PIN";
  return erased === null && soPin !== soAgain ? "Type the security officer's PIN twice the same" : null;
}

function Lost({ slot }: { slot: TokenSlot }) {
  return (
    <ul className="lost">
      <li>
        Every key and certificate on “{shownText(slot.token.label)}”, serial{' '}
        <span className="mono">{slot.token.serial}</span>. Nothing brings them back.
      </li>
      <li>Keys of other programs, too: whoever uses this token has to know.</li>
    </ul>
  );
}

type BodyProps = Omit<InitTokenProps, 'onClose'> & { onClose: () => void; onRun: (running: boolean) => void };

function Body({ library, slot, onClose, onMade, onRun }: BodyProps) {
  const [typed, setTyped] = useState({ ...EMPTY, label: slot.token.initialized ? slot.token.label : '' });
  const erased = slot.token.initialized ? slot.token.serial : null;
  const label = typed.label.trim();
  const made = useStartedJob(
    'signers.initToken',
    () =>
      call('signers.initToken', {
        ...library,
        slot: slot.id,
        label,
        soPin: typed.soPin,
        pin: typed.pin,
        erase: erased,
      }),
    () => {
      showToast(`The token “${label}” is initialised`);
      onMade(label);
    },
  );
  const { running } = made;
  useEffect(() => {
    onRun(running);
    return () => onRun(false);
    // The other things of its maker are the same ones.
  }, [running]);
  const { error } = made.action;
  const said = (path: string): string | null => error?.fieldError(path) ?? null;
  /** What the token said goes with the next change. */
  const set =
    (name: keyof Typed) =>
    (value: string): void => {
      made.action.clear();
      setTyped((old) => ({ ...old, [name]: value }));
    };
  return (
    <DialogForm
      action={{ ...made.action, busy: made.running }}
      why={missing(typed, erased)}
      verb={erased === null ? 'Initialise token' : 'Erase and initialise'}
      danger={erased !== null}
      stays
      saidByField={['label', 'pin', 'soPin'].some((path) => said(path) !== null)}
      onClose={onClose}
    >
      {erased === null ? (
        <p className="dim">
          The token in slot <span className="mono">{slotIdText(slot.id)}</span> is empty, so nothing is lost.
          Baleen keeps neither PIN.
        </p>
      ) : (
        <>
          <Lost slot={slot} />
          <TextField
            label={`Type the serial ${erased}`}
            value={typed.serial}
            onChange={set('serial')}
            mono
            autoFocus
          />
        </>
      )}
      <TextField
        label="Label"
        value={typed.label}
        onChange={set('label')}
        autoFocus={erased === null}
        error={
          said('label') ??
          (octets(typed.label) > 32 ? 'At most 32 octets; letters beyond ASCII take two or more.' : null)
        }
        help="Signers find the token by it."
      />
      <div className="form-pair">
        <SecretField
          label="PIN"
          value={typed.pin}
          onChange={set('pin')}
          mono
          error={said('pin') ?? short(typed.pin)}
          help="For using its keys."
        />
        <SecretField
          label="PIN, again"
          value={typed.again}
          onChange={set('again')}
          mono
          error={differs(typed.pin, typed.again)}
        />
      </div>
      <div className="form-pair">
        <SecretField
          label={erased === null ? "Security officer's PIN" : 'Present PIN of the security officer'}
          value={typed.soPin}
          onChange={set('soPin')}
          mono
          error={said('soPin') ?? short(typed.soPin)}
          help={
            erased === null
              ? 'For setting a new PIN when that one is locked. Note it where the recovery key lies.'
              : 'It stays the same. A wrong one costs a try.'
          }
        />
        {erased === null ? (
          <SecretField
            label="Security officer's PIN, again"
            value={typed.soAgain}
            onChange={set('soAgain')}
            mono
            error={differs(typed.soPin, typed.soAgain)}
          />
        ) : null}
      </div>
      {made.progress}
    </DialogForm>
  );
}
