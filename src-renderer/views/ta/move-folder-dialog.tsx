/** Another folder for the repository that is there: the base stays, the place on this machine changes. */
import { useState } from 'react';
import type { Ticket } from '#shared/contract/app.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { FolderField } from '../../components/folder-field.tsx';

function Body({ base, path, onClose }: { base: string; path: string; onClose: () => void }) {
  const [folder, setFolder] = useState<Ticket | null>(null);
  const move = useAction('ta.proxyFolderMove', async () => {
    await call('ta.proxyFolderMove', { folder: folder?.ticket ?? '' });
    onClose();
  });
  return (
    <DialogForm
      action={move}
      why={folder === null ? 'Choose the folder' : null}
      verb="Publish into this folder"
      onClose={onClose}
    >
      <p>
        The base <span className="mono wrap">{base}</span> stays as it is. What lies in{' '}
        <span className="mono wrap">{path}</span> is left there: have the rsync server hand out the new
        folder’s part “rsync” and the web server its part “rrdp”, then delete the old one.
      </p>
      <FolderField
        folder={folder}
        onFolder={setFolder}
        purpose="export"
        help="An empty one, or one that was published into from here for the same base."
      />
    </DialogForm>
  );
}

export function MoveFolderDialog(props: { base: string; path: string; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Change the folder">
      <Body {...props} />
    </Dialog>
  );
}
