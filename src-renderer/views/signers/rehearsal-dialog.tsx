/** A SoftHSM token to practise with: made in the workspace's folder, with a signer for it, in one click (H-034). */
import { useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { shellWord } from '#shared/shell-word.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { Checkbox } from '../../components/choices.tsx';
import { CommandBlock } from '../../components/command-block.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { SecretField, TextField } from '../../components/text-field.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

interface RehearsalProps {
  softhsm: NonNullable<Answer<'signers.discover'>['softhsm']>;
  revision: number;
  open: boolean;
  onClose: () => void;
}

export function RehearsalDialog(props: RehearsalProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Make a rehearsal token" size="wide">
      <Body {...props} />
    </Dialog>
  );
}

/** Eight random digits: nobody has to think of a PIN for a token that protects nothing. */
function randomPin(): string {
  const digits = crypto.getRandomValues(new Uint32Array(8));
  return Array.from(digits, (digit) => digit % 10).join('');
}

/** What makes such a token beside the ones that are there: with a folder and a configuration of its own. */
function byHand(util: string | null, name: string): string {
  return [
    'mkdir -p rehearsal/tokens',
    `printf 'directories.tokendir = %s\\n' "$PWD/rehearsal/tokens" > rehearsal/softhsm2.conf`,
    `SOFTHSM2_CONF="$PWD/rehearsal/softhsm2.conf" ${util ?? 'softhsm2-util'} --init-token --free --label ${shellWord(name)}`,
  ].join('\n');
}

function Body({ softhsm, revision, onClose }: RehearsalProps) {
  const [name, setName] = useState('Rehearsal token');
  const [pin, setPin] = useState(randomPin);
  const [keepPin, setKeepPin] = useState(true);
  const made = useStartedJob(
    'signers.rehearsalToken',
    () => call('signers.rehearsalToken', { revision, name, pin, keepPin }),
    () => {
      showToast('The token is made. Apply the changes to use it.');
      onClose();
    },
  );
  const why = name.trim() === '' ? 'Give it a name' : pin.length < 4 ? 'The PIN needs 4 characters' : null;
  return (
    <DialogForm action={{ ...made.action, busy: made.running }} why={why} verb="Make token" onClose={onClose}>
      <p className="dim">
        SoftHSM is a token in software. It behaves like a device and protects like a file: use it to practise,
        not for keys that matter.
      </p>
      <TextField label="Name" value={name} onChange={setName} maxLength={32} autoFocus />
      <SecretField
        label="PIN"
        value={pin}
        onChange={setPin}
        mono
        error={pin !== '' && pin.length < 4 ? 'At least 4 characters.' : null}
        help="A random one is filled in. Look at it and note it if you do not keep it here."
      />
      <Checkbox value={keepPin} onChange={setKeepPin}>
        Keep the PIN in the encrypted workspace
      </Checkbox>
      <CommandBlock title="The same by hand" text={byHand(softhsm.util, name.trim())} />
      {made.progress}
    </DialogForm>
  );
}
