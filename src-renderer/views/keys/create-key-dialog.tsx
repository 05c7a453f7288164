/** A new key in the workspace, as a job: RSA may take seconds. */
import { useState } from 'react';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { RadioCards } from '../../components/choices.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { SignerChoice, typeAmong, typesFor, useSigners } from '../../components/signer-choice.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { labelProblem } from './import-key-dialog.tsx';
import { KEY_TYPES } from './key-words.ts';

export function CreateKeyDialog(props: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="New key" size="wide">
      <CreateBody onClose={props.onClose} />
    </Dialog>
  );
}

function CreateBody({ onClose }: { onClose: () => void }) {
  const [label, setLabel] = useState('');
  const [asked, setAsked] = useState<KeyAlgorithm>('p-256');
  const [chosen, setChosen] = useState<string | null>(null);
  const signers = useSigners();
  const signer = chosen ?? signers.defaultSigner;
  const types = typesFor(signers, signer, KEY_TYPES);
  const algorithm = typeAmong(types, asked);
  const { action, progress } = useStartedJob(
    'keys.create',
    () => call('keys.create', { algorithm, label, signer: chosen }),
    ({ resultIds: [id] }) => {
      onClose();
      navigate('key', { id });
    },
  );
  if (progress !== null) return progress;
  const why = labelProblem(label) ?? (types.length > 0 ? null : 'Choose a signer that makes keys');
  return (
    <DialogForm action={action} why={why} verb="Make key" onClose={onClose}>
      <TextField
        label="Label"
        value={label}
        onChange={setLabel}
        maxLength={80}
        autoFocus
        help="How lists call the key. It is never secret."
      />
      <SignerChoice signers={signers} value={chosen} onChange={setChosen} />
      <RadioCards
        label="Type"
        value={algorithm}
        onChange={setAsked}
        options={types}
        explain="An authority's key type cannot change later without a new certificate. P-256 is right unless somebody's rules ask for another."
      />
    </DialogForm>
  );
}
