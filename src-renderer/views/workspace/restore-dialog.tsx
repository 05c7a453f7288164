/**
 * Restoring a backup: choose the file, where to, its passphrase, then a job. In place only the contents go
 * back; the ledger and the audit merge forward, which main sees to.
 */
import { useState } from 'react';
import type { Ticket } from '#shared/contract/app.ts';
import { call } from '../../app/call.ts';
import type { CallError } from '../../app/call.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { RadioCards } from '../../components/choices.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { jobError, JobProgress } from '../../components/job-progress.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { SecretField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';

export interface RestoreDialogProps {
  open: boolean;
  onClose: () => void;
  /** A workspace is open and may be restored where it is. */
  inPlace: boolean;
}

export function RestoreDialog(props: RestoreDialogProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Restore a backup">
      <RestoreBody {...props} />
    </Dialog>
  );
}

function PlaceLine(props: { label: string; chosen: Ticket | null; onPress: () => void; busy: boolean }) {
  return (
    <div className="row-wrap">
      <Button busy={props.busy} onPress={props.onPress}>
        {props.label}
      </Button>
      <span className="mono wrap">{props.chosen?.path ?? <span className="quiet">not chosen yet</span>}</span>
    </div>
  );
}

/** Where it lies now, and the way into it. */
function Restored(props: { path: string; mayOpen: boolean; onClose: () => void }) {
  const { path, mayOpen, onClose } = props;
  const recent = useQuery('workspace.recent', {}, ['recent']);
  const row = recent.data?.rows.find((one) => one.path === path) ?? null;
  const open = useAction('workspace.openRecent', async (id: string) => {
    await call('workspace.openRecent', { id });
    onClose();
    reloadQuery('workspace.state', {});
  });
  return (
    <>
      <p>
        The workspace is in <span className="mono wrap">{path}</span>.{' '}
        {mayOpen
          ? 'Its passphrase is the one of the backup.'
          : 'To open it, close this workspace first; it stands among the recent ones.'}
      </p>
      {open.error ? <ErrorState error={open.error} /> : null}
      <div className="dialog-foot">
        <Button onPress={onClose}>Close</Button>
        {mayOpen && row !== null ? (
          <Button kind="primary" busy={open.busy} onPress={() => void open.run(row.id)}>
            Open it
          </Button>
        ) : null}
      </div>
    </>
  );
}

function RestoreBody({ onClose, inPlace }: RestoreDialogProps) {
  const [source, setSource] = useState<Ticket | null>(null);
  const [folder, setFolder] = useState<Ticket | null>(null);
  const [where, setWhere] = useState<'here' | 'new'>('new');
  const [passphrase, setPassphrase] = useState('');
  const [job, setJob] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  /** Of the last attempt: file and place stay chosen, what was wrong is said here. */
  const [failure, setFailure] = useState<CallError | null>(null);
  const pickSource = useAction('dialogs.openFile', async () => {
    setSource((await call('dialogs.openFile', { purpose: 'backupFile' })).chosen ?? source);
  });
  const pickFolder = useAction('dialogs.folder', async () => {
    setFolder((await call('dialogs.folder', { purpose: 'restore' })).chosen ?? folder);
  });
  const restore = useAction('workspace.restore', async () => {
    if (!source) return;
    const target = where === 'here' ? null : (folder?.ticket ?? null);
    const started = await call('workspace.restore', { source: source.ticket, folder: target, passphrase });
    setPassphrase('');
    setFailure(null);
    setJob(started.job);
  });
  const why = !source
    ? 'Choose the backup file'
    : where === 'new' && !folder
      ? 'Choose an empty folder'
      : passphrase === ''
        ? 'Type the passphrase of the backup'
        : null;
  const wrong = failure?.code === 'WRONG_PASSPHRASE';
  const error = restore.error ?? pickSource.error ?? pickFolder.error ?? (wrong ? null : failure);

  if (job !== null) {
    return (
      <>
        <JobProgress
          id={job}
          onEnd={(ended) => {
            reloadQuery('workspace.state', {});
            setDone(ended.state === 'done');
            if (ended.state !== 'failed') return;
            setJob(null);
            setFailure(jobError(ended));
          }}
        />
        {done && where === 'new' && folder ? (
          <Restored path={folder.path} mayOpen={!inPlace} onClose={onClose} />
        ) : (
          <div className="dialog-foot">
            <Button onPress={onClose}>Close</Button>
          </div>
        )}
      </>
    );
  }
  return (
    <>
      <PlaceLine
        label="Choose the backup file…"
        chosen={source}
        busy={pickSource.busy}
        onPress={() => void pickSource.run()}
      />
      {inPlace ? (
        <RadioCards
          label="Where to"
          columns={1}
          value={where}
          onChange={setWhere}
          options={[
            { value: 'new', label: 'Into a new folder', detail: 'The open workspace stays as it is.' },
            {
              value: 'here',
              label: 'Into the open workspace',
              detail:
                'Its certificates, keys and settings become those of the backup. Serial numbers, exchange numbers and the audit never go back.',
            },
          ]}
        />
      ) : null}
      {where === 'new' ? (
        <PlaceLine
          label="Choose an empty folder…"
          chosen={folder}
          busy={pickFolder.busy}
          onPress={() => void pickFolder.run()}
        />
      ) : (
        <Notice severity="careful">What was made since the backup and is not in it will be gone.</Notice>
      )}
      <SecretField
        label="Passphrase of the backup"
        value={passphrase}
        onChange={setPassphrase}
        help="The one the workspace had when the backup was made."
        error={wrong ? (failure?.message ?? null) : null}
      />
      {error ? <ErrorState error={error} /> : null}
      <div className="dialog-foot">
        <Button onPress={onClose}>Cancel</Button>
        <Button
          kind={where === 'here' ? 'danger' : 'primary'}
          busy={restore.busy}
          whyDisabled={why}
          onPress={() => void restore.run()}
        >
          Restore
        </Button>
      </div>
    </>
  );
}
