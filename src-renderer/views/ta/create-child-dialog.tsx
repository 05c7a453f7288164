/** A new local child: its handle, then the job that makes its keys. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { SignerChoice, useSigners } from '../../components/signer-choice.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { Notice } from '../../components/verdict.tsx';
import { handleProblem, MOST_TYPED } from './child-words.ts';

export interface CreateChildDialogProps {
  /** The handles that are there already. */
  taken: readonly string[];
  open: boolean;
  onClose: () => void;
}

export function CreateChildDialog(props: CreateChildDialogProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="New local child">
      <Body {...props} />
    </Dialog>
  );
}

function Body({ taken, onClose }: CreateChildDialogProps) {
  const [handle, setHandle] = useState(taken.includes('online') ? '' : 'online');
  const [chosen, setChosen] = useState<string | null>(null);
  const signers = useSigners();
  const { action, progress } = useStartedJob(
    'ta.localCreate',
    () => call('ta.localCreate', { handle: handle.trim(), signer: chosen }),
    ({ resultIds: [id] }) => {
      onClose();
      navigate('ta-child', { id: id ?? handle.trim() });
    },
  );
  const wrong = handleProblem(handle.trim(), new Set(taken));
  if (progress !== null) return progress;
  return (
    <DialogForm action={action} why={wrong} verb="Make child" onClose={onClose}>
      <p className="dim">
        A CA of this workspace below the trust anchor. Its identity and its first key are made now; they never
        leave the place where they are made.
      </p>
      {taken.length === 0 ? null : (
        <Notice severity="note">
          One child is enough for most: everything else is easier below that one than beside it, because each
          child of the trust anchor waits for an exchange.
        </Notice>
      )}
      <TextField
        label="Handle"
        mono
        value={handle}
        onChange={setHandle}
        maxLength={MOST_TYPED}
        error={handle.trim() === '' ? null : wrong}
        autoFocus
        help="Letters, digits, - and _. It names the folder it publishes in, for ever."
      />
      <SignerChoice
        signers={signers}
        label="Who holds its keys"
        algorithm="rsa-2048"
        value={chosen}
        onChange={setChosen}
      />
    </DialogForm>
  );
}
