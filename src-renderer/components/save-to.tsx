/**
 * Writing a file the operator asked for: choose the place in main's dialog, agree before something is replaced, write.
 * What is written is the caller's business.
 */
import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import type { Ticket } from '#shared/contract/app.ts';
import type { ChannelName, Parsed } from '#shared/contract/index.ts';
import { call } from '../app/call.ts';
import type { CallError } from '../app/call.ts';
import { useAction } from '../app/use-action.ts';
import { Button } from './button.tsx';
import { Checkbox } from './choices.tsx';
import { ErrorState } from './state-box.tsx';

export interface SaveToProps {
  channel: ChannelName;
  purpose: Parsed<'dialogs.saveFile'>['purpose'];
  suggestedName: string;
  /** "Export", "Export key". */
  verb: string;
  write: (target: string, overwrite: boolean, place: Ticket) => Promise<unknown>;
  /** What became of it afterwards, when it is written by a job. */
  failure?: CallError | null;
  onClose: () => void;
  /** Another place was chosen: what was said of the last file is of the past. */
  onPlace?: () => void;
  /** Something else is still missing. */
  whyNot?: string | null;
}

export function SaveTo(props: SaveToProps) {
  const [place, setPlace] = useState<Ticket | null>(null);
  const [replace, setReplace] = useState(false);
  const choose = useAction('dialogs.saveFile', async () => {
    const { chosen } = await call('dialogs.saveFile', {
      purpose: props.purpose,
      suggestedName: props.suggestedName,
    });
    if (chosen === null) return;
    setPlace(chosen);
    setReplace(false);
    write.clear();
    props.onPlace?.();
  });
  const write = useAction(props.channel, async () => {
    if (place === null) return;
    await props.write(place.ticket, replace, place);
    setPlace(null);
  });
  const error = write.error ?? props.failure ?? null;
  // A file beside it may be in the way, too, which only main knows.
  const inTheWay = place !== null && (place.exists || error?.code === 'FILE_EXISTS');
  const why =
    props.whyNot ??
    (place === null
      ? 'Choose where to put it'
      : inTheWay && !replace
        ? 'Agree to replace what is there, or choose another place'
        : null);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (why === null) void write.run();
      }}
    >
      <div className="field">
        <span className="field-label">File</span>
        <div className="row-wrap">
          <span className="mono wrap">{place?.path ?? <span className="quiet">not chosen yet</span>}</span>
          <Button
            size="small"
            icon={<FolderOpen aria-hidden />}
            busy={choose.busy}
            onPress={() => void choose.run()}
          >
            {place === null ? 'Choose a place…' : 'Choose another…'}
          </Button>
        </div>
      </div>
      {inTheWay || replace ? (
        <Checkbox value={replace} onChange={setReplace}>
          Replace what is there; it stays beside the new one as a backup
        </Checkbox>
      ) : null}
      {choose.error ? <ErrorState error={choose.error} /> : null}
      {error ? <ErrorState error={error} onRetry={() => void write.run()} /> : null}
      <div className="dialog-foot">
        <Button onPress={props.onClose}>Close</Button>
        <Button kind="primary" type="submit" busy={write.busy} whyDisabled={why}>
          {props.verb}
        </Button>
      </div>
    </form>
  );
}
