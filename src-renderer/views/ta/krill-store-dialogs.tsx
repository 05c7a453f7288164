/** Moving between krillta and this workspace: its data directory read in, or written with the keys in the clear. */
import { useState } from 'react';
import type { Ticket } from '#shared/contract/app.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { ConfirmDialog, Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { FolderField } from '../../components/folder-field.tsx';
import { hexGroups } from '../../components/hex-value.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import { useApprovers } from './approver-names.tsx';

export function ImportStoreDialog(props: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Take over a signer of krillta" size="wide">
      <ImportBody onClose={props.onClose} />
    </Dialog>
  );
}

function ImportBody({ onClose }: { onClose: () => void }) {
  const [folder, setFolder] = useState<Ticket | null>(null);
  const { action, progress } = useStartedJob(
    'ta.importStore',
    () => call('ta.importStore', { folder: folder?.ticket ?? '' }),
    onClose,
  );
  if (progress !== null) return progress;
  return (
    <DialogForm
      action={action}
      why={folder === null ? 'Choose the folder' : null}
      verb="Take over"
      onClose={onClose}
    >
      <p className="dim">
        Choose what storage_uri in krillta.conf names: the folder with signer, keys and signers in it. Keys,
        state, every exchange, its times, and what its history has of reissues and refusals come along; the
        folder itself is not changed. Afterwards use only one of the two, or their numbers go apart.
      </p>
      <FolderField folder={folder} onFolder={setFolder} purpose="open" />
    </DialogForm>
  );
}

/** First where, then the confirmation with the digits of the key. */
export function ExportStoreDialog(props: { signer: SignerView; open: boolean; onClose: () => void }) {
  const { signer, open, onClose } = props;
  const [folder, setFolder] = useState<Ticket | null>(null);
  const approvers = useApprovers();
  const close = (): void => {
    approvers.clear();
    onClose();
  };
  const digits = signer.keyId.slice(-8);
  const software = signer.signer === 'software';
  return (
    <ConfirmDialog
      open={open}
      onClose={close}
      title="Write this signer for krillta?"
      lost={[
        software
          ? 'The TA key and the identity key lie UNENCRYPTED in that folder, as krillta keeps them.'
          : `The keys stay on “${signer.signer}”: the folder says which objects of it they are, and krillta.conf in it how to reach it. A key that lies in this workspace is written UNENCRYPTED.`,
        'From then on use only one of the two: this workspace, or krillta.',
      ]}
      verb={software ? 'Write with keys' : 'Write'}
      typed={{ text: hexGroups(digits).join(' '), label: "The last 8 digits of the TA key's identifier" }}
      why={signer.notForKrillta ?? (folder === null ? 'Choose the folder' : approvers.why)}
      channel="ta.exportStore"
      onConfirm={async () => {
        const { path } = await call('ta.exportStore', {
          folder: folder?.ticket ?? '',
          confirm: digits,
          names: approvers.names,
        });
        setFolder(null);
        showToast(`Written to ${path}`);
      }}
    >
      <FolderField folder={folder} onFolder={setFolder} purpose="krill" />
      <p className="dim">An empty folder, best on a medium that is destroyed afterwards.</p>
      {approvers.fields}
    </ConfirmDialog>
  );
}
