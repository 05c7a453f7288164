/** The signers of a krill.conf or krillta.conf become pending changes here (H-012). */
import { useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
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
      {read.error ? <ErrorState error={read.error} /> : null}
      <div className="dialog-foot">
        <Button onPress={onClose} kind={done === null ? 'plain' : 'primary'}>
          Close
        </Button>
      </div>
    </div>
  );
}
