/** A folder the operator chooses in main's dialog: its path is shown, only the ticket goes anywhere. */
import type { Ticket } from '#shared/contract/app.ts';
import { call } from '../app/call.ts';
import { useAction } from '../app/use-action.ts';
import { Button } from './button.tsx';
import { ErrorState } from './state-box.tsx';

export function FolderField(props: {
  folder: Ticket | null;
  onFolder: (folder: Ticket) => void;
  purpose: 'open' | 'export' | 'krill';
  help?: string;
}) {
  const choose = useAction('dialogs.folder', async () => {
    const { chosen } = await call('dialogs.folder', { purpose: props.purpose });
    if (chosen !== null) props.onFolder(chosen);
  });
  return (
    <div className="field">
      <span className="field-label">Folder</span>
      <div className="row-wrap">
        <span className="mono wrap">
          {props.folder?.path ?? <span className="quiet">not chosen yet</span>}
        </span>
        <Button size="small" busy={choose.busy} onPress={() => void choose.run()}>
          Choose a folder…
        </Button>
      </div>
      {props.help === undefined ? null : <span className="field-help">{props.help}</span>}
      {choose.error ? <ErrorState error={choose.error} /> : null}
    </div>
  );
}
