/** The signers of a krill.conf or krillta.conf become pending changes here (H-012). */
import { useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import type { CallError } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Notice } from '../../components/verdict.tsx';

interface ImportTomlProps {
  revision: number;
  open: boolean;
  onClose: () => void;
}

export function ImportTomlDialog(props: ImportTomlProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Import signers from TOML" size="wide">
      <Body {...props} />
    </Dialog>
  );
}

function Done({ done }: { done: Answer<'signers.importToml'> }) {
  return (
    <>
      <Notice severity="good" live>
        {done.imported === 1 ? 'One signer was' : `${done.imported} signers were`} read. They wait with the
        other changes until you apply them.
      </Notice>
      {done.notes.length === 0 ? null : (
        <ul className="verdict-lines" aria-label="Remarks">
          {done.notes.map((note) => (
            <li key={note} className="wrap">
              {note}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** "Signer 2: port must be …": the paths of main count the tables from 0. */
function placed(path: string, message: string): string {
  const at = /^signers\.(\d+)\./.exec(path)?.[1];
  return `${at === undefined ? '' : `Signer ${Number(at) + 1}: `}${message.replace(/([^.])$/, '$1.')}`;
}

function Refused({ error }: { error: CallError }) {
  const fields = error.details.fields ?? [];
  if (fields.length < 2) return <ErrorState error={error} />;
  return (
    <Notice severity="bad" live>
      <p>{fields.length} things in the file do not fit, so nothing was read. Mend them and read it again.</p>
      <ul className="verdict-lines" aria-label="What does not fit">
        {fields.map(({ path, message }) => (
          <li key={`${path} ${message}`} className="wrap">
            {placed(path, message)}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Body({ revision, onClose }: ImportTomlProps) {
  const [done, setDone] = useState<Answer<'signers.importToml'> | null>(null);
  const read = useAction('signers.importToml', async (file: File) => {
    setDone(null);
    const blob = await uploadBlob(file, { use: 'key' });
    setDone(await call('signers.importToml', { revision, blob }));
  });
  useFileTaker('Read its signers', (file) => void read.run(file));
  return (
    <div className="stack">
      {done === null ? (
        <FileChooser
          buttonLabel="Choose a krill.conf or krillta.conf…"
          busy={read.busy}
          onFile={(file) => void read.run(file)}
        >
          Its [[signers]] tables, default_signer and one_off_signer are read; nothing else is. PINs and
          passwords go into the encrypted workspace.
        </FileChooser>
      ) : (
        <Done done={done} />
      )}
      {read.error ? <Refused error={read.error} /> : null}
      <div className="dialog-foot">
        <Button onPress={onClose} kind={done === null ? 'plain' : 'primary'}>
          Close
        </Button>
      </div>
    </div>
  );
}
