/** Taking a private key into the workspace: from a file, or from what was just inspected. Its bytes stay in main. */
import { useState } from 'react';
import { label as labelSchema } from '#shared/contract/keys.ts';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { JobProgress } from '../../components/job-progress.tsx';
import { SecretField, TextField } from '../../components/text-field.tsx';

/** A key the inspector found; null in the dialog: the operator chooses a file. */
export interface InspectedKey {
  inspection: string;
  item: number;
  name: string;
  /** Still behind its passphrase. */
  encrypted: boolean;
}

export interface ImportKeyDialogProps {
  open: boolean;
  onClose: () => void;
  from?: InspectedKey;
}

export function ImportKeyDialog(props: ImportKeyDialogProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Import a private key">
      <ImportBody {...props} />
    </Dialog>
  );
}

/** Why a label cannot be used, or null. */
export function labelProblem(text: string): string | null {
  const parsed = labelSchema.safeParse(text);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'Give it a label');
}

function KeyFile({ name, onFile }: { name: string | null; onFile: (file: File) => void }) {
  useFileTaker('Use as the key file', onFile);
  return (
    <FileChooser buttonLabel="Choose a key file…" onFile={onFile}>
      {name === null ? (
        'PKCS#8, PKCS#1 or SEC1, PEM or DER, encrypted or not.'
      ) : (
        <b className="wrap">{name}</b>
      )}
    </FileChooser>
  );
}

function ImportBody({ onClose, from }: ImportKeyDialogProps) {
  const [file, setFile] = useState<File | null>(null);
  const name = from?.name ?? file?.name ?? '';
  const [typed, setTyped] = useState<string | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [job, setJob] = useState<string | null>(null);
  const [asked, setAsked] = useState(from?.encrypted ?? false);
  const [refusal, setRefusal] = useState<{ code: string; message: string } | null>(null);
  const label = typed ?? name.replace(/\.[a-z0-9]{1,5}$/i, '').slice(0, 80);
  const start = useAction('keys.import', async () => {
    setRefusal(null);
    const blob = from
      ? (await call('inspect.keyBlob', { id: from.inspection, item: from.item })).blob
      : file === null
        ? null
        : await uploadBlob(file, { use: 'key' });
    if (blob === null) return;
    const started = await call('keys.import', {
      blob,
      passphrase: passphrase === '' ? null : passphrase,
      label,
    });
    setJob(started.job);
  });
  const why = name === '' ? 'Choose the key file' : labelProblem(label);
  if (job !== null)
    return (
      <JobProgress
        id={job}
        onEnd={(ended) => {
          setPassphrase('');
          if (ended.state === 'done') {
            onClose();
            navigate('key', { id: ended.resultIds[0] ?? '' });
            return;
          }
          setJob(null);
          setRefusal(ended.error);
          if (ended.error?.code === 'PASSPHRASE_NEEDED') setAsked(true);
        }}
      />
    );
  return (
    <DialogForm action={start} why={why} verb="Import key" onClose={onClose}>
      {from ? null : (
        <KeyFile
          name={file?.name ?? null}
          onFile={(chosen) => {
            setFile(chosen);
            setRefusal(null);
          }}
        />
      )}
      <TextField
        label="Label"
        value={label}
        onChange={setTyped}
        maxLength={80}
        error={typed === null && name === '' ? null : labelProblem(label)}
        help="How lists call the key."
      />
      {asked || refusal?.code === 'WRONG_PASSPHRASE' ? (
        <SecretField
          label="Passphrase of the file"
          value={passphrase}
          onChange={setPassphrase}
          error={refusal?.message ?? null}
        />
      ) : null}
      {refusal !== null && !asked && refusal.code !== 'WRONG_PASSPHRASE' ? (
        <p className="field-error" role="alert">
          {refusal.message}
        </p>
      ) : null}
    </DialogForm>
  );
}
