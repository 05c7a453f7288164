/** The dialogs behind the settings: change the passphrase, renew the recovery key, back up. */
import { useState } from 'react';
import type { WorkspaceFacts } from '#shared/contract/workspace.ts';
import type { Ticket } from '#shared/contract/app.ts';
import { call } from '../../app/call.ts';
import type { CallError } from '../../app/call.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { showToast } from '../../app/state.ts';
import { useQuery } from '../../app/use-query.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { jobError, JobProgress } from '../../components/job-progress.tsx';
import { SaveTo } from '../../components/save-to.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { SecretField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { EMPTY_PASSPHRASE, NewPassphraseFields, whyNotPassphrase } from './new-passphrase.tsx';
import { RecoveryParts, RecoverySheet, verifyRecovery, whyNotOnPaper } from './recovery-key.tsx';

export interface SettingsDialogProps {
  open: boolean;
  onClose: () => void;
}

const WRONG = 'That is not the passphrase of this workspace.';

export function PassphraseDialog(props: SettingsDialogProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Change the passphrase">
      <PassphraseBody {...props} />
    </Dialog>
  );
}

function PassphraseBody({ onClose }: SettingsDialogProps) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState(EMPTY_PASSPHRASE);
  const change = useAction('workspace.changePassphrase', async () => {
    await call('workspace.changePassphrase', { current, next: next.value });
    showToast('The passphrase is changed');
    onClose();
  });
  const wrong = change.error?.code === 'WRONG_PASSPHRASE';
  const why = current === '' ? 'Type the present passphrase' : whyNotPassphrase(next);
  return (
    <DialogForm action={change} saidByField={wrong} why={why} verb="Change passphrase" onClose={onClose}>
      <SecretField
        label="Present passphrase"
        value={current}
        onChange={setCurrent}
        autoFocus
        error={wrong ? WRONG : null}
      />
      <NewPassphraseFields label="New passphrase" value={next} onChange={setNext} />
    </DialogForm>
  );
}

type RecoveryDialogProps = SettingsDialogProps & { workspace: WorkspaceFacts | null };

export function RecoveryDialog(props: RecoveryDialogProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Make a new recovery key" size="wide">
      <RecoveryBody {...props} />
    </Dialog>
  );
}

function RecoveryBody({ onClose, workspace }: RecoveryDialogProps) {
  const [passphrase, setPassphrase] = useState('');
  const [stage, setStage] = useState<'ask' | 'show' | 'verify'>('ask');
  const [shown, setShown] = useState(false);
  const [parts, setParts] = useState<string[] | null>(null);
  const renew = useAction('workspace.renewRecoveryKey', async () => {
    await call('workspace.renewRecoveryKey', { passphrase });
    setPassphrase('');
    reloadQuery('workspace.state', {});
    setStage('show');
  });
  const verify = useAction('workspace.verifyRecoveryKey', async () => {
    if (!parts) return;
    await verifyRecovery(parts);
    showToast('The new recovery key is checked');
    onClose();
  });
  const wrong = renew.error?.code === 'WRONG_PASSPHRASE';
  if (stage === 'ask') {
    return (
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (passphrase !== '') void renew.run();
        }}
      >
        <Notice severity="careful">
          The sheet that was printed before stops working at once. Destroy it.
        </Notice>
        <SecretField
          label="Passphrase"
          value={passphrase}
          onChange={setPassphrase}
          autoFocus
          error={wrong ? WRONG : null}
        />
        {renew.error && !wrong ? <ErrorState error={renew.error} /> : null}
        <div className="dialog-foot">
          <Button onPress={onClose}>Keep the present one</Button>
          <Button
            kind="danger"
            type="submit"
            busy={renew.busy}
            whyDisabled={passphrase === '' ? 'Type the passphrase' : null}
          >
            Make a new recovery key
          </Button>
        </div>
      </form>
    );
  }
  if (stage === 'show') {
    return (
      <>
        <p className="dim">Print it or write it down, then type part of it back.</p>
        <RecoverySheet workspace={workspace} onShown={() => setShown(true)} />
        <div className="dialog-foot">
          <Button
            kind="primary"
            whyDisabled={whyNotOnPaper(workspace, shown)}
            onPress={() => setStage('verify')}
          >
            I have it on paper
          </Button>
        </div>
      </>
    );
  }
  return (
    <>
      <RecoveryParts onChange={setParts} />
      {verify.error ? <ErrorState error={verify.error} /> : null}
      <div className="dialog-foot">
        <Button onPress={() => setStage('show')}>Back</Button>
        <Button
          kind="primary"
          busy={verify.busy}
          whyDisabled={parts ? null : 'Type the groups that are asked for'}
          onPress={() => void verify.run()}
        >
          Check
        </Button>
      </div>
    </>
  );
}

export function BackupDialog(props: SettingsDialogProps & { workspaceName: string }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Back up the workspace">
      <BackupBody {...props} />
    </Dialog>
  );
}

/** A file name out of the workspace's name: what is no letter or digit becomes a dash. */
export function backupName(workspaceName: string): string {
  const plain = workspaceName.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
  return `${plain.slice(0, 80) || 'workspace'}.baleen-backup`;
}

function BackupBody({ onClose, workspaceName }: SettingsDialogProps & { workspaceName: string }) {
  const [job, setJob] = useState<string | null>(null);
  const [place, setPlace] = useState<Ticket | null>(null);
  const [failure, setFailure] = useState<CallError | null>(null);
  const wrong = useQuery('audit.state', {}, ['audit']).data?.wrong ?? null;
  return (
    <div className="stack">
      {wrong === null ? null : (
        <Notice severity="bad">
          The audit of this workspace was found wrong: {wrong.replace(/\.$/, '')}. The backup holds it as it
          is; keep older backups, too.
        </Notice>
      )}
      <p className="dim">
        One file with everything: database, vault header, audit. It is encrypted with the present passphrase
        and recovery key, is read back, and counts only when it equals the workspace.
      </p>
      {job === null ? (
        <SaveTo
          channel="workspace.backup"
          purpose="backup"
          suggestedName={backupName(workspaceName)}
          verb="Back up"
          onClose={onClose}
          failure={failure}
          write={async (target, overwrite, chosen) => {
            setFailure(null);
            setPlace(chosen);
            setJob((await call('workspace.backup', { target, overwrite })).job);
          }}
        />
      ) : (
        <>
          <p>
            <span className="mono wrap">{place?.path}</span>
            {place?.exists ? (
              <span className="dim">
                {' '}
                What was there stays beside it, its name ending in .bak and the time.
              </span>
            ) : null}
          </p>
          <JobProgress
            id={job}
            onEnd={(ended) => {
              if (ended.state !== 'failed') return;
              setJob(null);
              setFailure(jobError(ended));
            }}
          />
          <div className="dialog-foot">
            <Button onPress={onClose}>Close</Button>
          </div>
        </>
      )}
    </div>
  );
}
