/**
 * The printed recovery key: shown once, again only with the passphrase, printed or copied, and part of it typed back.
 * SECURITY: it lives in this component's state only and goes with it.
 */
import { Eye, Printer } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { WorkspaceFacts } from '#shared/contract/workspace.ts';
import { call } from '../../app/call.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/hex-value.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { SecretField, TextField } from '../../components/text-field.tsx';

/** The groups of a recovery key as it is printed. */
export function recoveryGroups(key: string): string[] {
  return key.split(/[\s-]+/).filter(Boolean);
}

export interface RecoverySheetProps {
  workspace: WorkspaceFacts | null;
  onShown?: () => void;
}

/** Why the sheet cannot be on paper yet, or null. `shown`: in this window. */
export function whyNotOnPaper(workspace: WorkspaceFacts | null, shown: boolean): string | null {
  return shown || workspace?.recoveryFresh === false ? null : 'Show the key and write it down first';
}

export function RecoverySheet({ workspace, onShown }: RecoverySheetProps) {
  const fresh = workspace?.recoveryFresh ?? false;
  const [key, setKey] = useState<string | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const show = useAction('workspace.showRecoveryKey', async () => {
    try {
      const asked = { passphrase: fresh ? null : passphrase };
      setKey((await call('workspace.showRecoveryKey', asked)).recoveryKey);
      onShown?.();
    } finally {
      setPassphrase('');
    }
  });
  const wrong = show.error?.code === 'WRONG_PASSPHRASE';
  const why = fresh || passphrase !== '' ? null : 'Type the passphrase';
  if (key === null) {
    return (
      <div
        className="stack-tight"
        onKeyDownCapture={(event) => {
          // No form of its own: it may lie in the wizard's, which Enter would send instead.
          if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
          event.preventDefault();
          if (why === null) void show.run();
        }}
      >
        {fresh ? null : (
          <SecretField
            label="Passphrase of this workspace"
            value={passphrase}
            onChange={setPassphrase}
            help="The key is shown once without it. Each showing is in the audit."
            error={wrong ? 'That is not the passphrase of this workspace.' : null}
          />
        )}
        {show.error && !wrong ? <ErrorState error={show.error} /> : null}
        <div>
          <Button
            kind="primary"
            icon={<Eye aria-hidden />}
            busy={show.busy}
            whyDisabled={why}
            onPress={() => void show.run()}
          >
            Show the recovery key
          </Button>
        </div>
      </div>
    );
  }
  return <ShownKey recoveryKey={key} workspaceName={workspace?.name ?? ''} />;
}

function ShownKey({ recoveryKey, workspaceName }: { recoveryKey: string; workspaceName: string }) {
  const sheet = useRef<HTMLOListElement>(null);
  // The button that was pressed is gone: its focus goes to what came of it, which is read.
  useEffect(() => sheet.current?.focus(), []);
  const groups = recoveryGroups(recoveryKey);
  const list = groups.map((group, index) => (
    // Groups may repeat; the place is the identity.
    <li key={index}>
      <small>{index + 1}</small>
      {group}
    </li>
  ));
  return (
    <div className="stack-tight">
      <ol className="recovery-sheet" aria-label="Recovery key" data-secret ref={sheet} tabIndex={-1}>
        {list}
      </ol>
      <div className="row-wrap">
        <Button icon={<Printer aria-hidden />} onPress={() => window.print()}>
          Print…
        </Button>
        <CopyButton text={recoveryKey} what="Recovery key" secret wide />
      </div>
      <div className="print-only" aria-hidden>
        <h1>Baleen recovery key</h1>
        <p>Workspace: {workspaceName}</p>
        <p>
          Whoever holds this sheet and the workspace folder can open it. Keep it in a safe, away from the
          computer.
        </p>
        <ol className="recovery-sheet">{list}</ol>
      </div>
    </div>
  );
}

/** The fields for the parts main asks for. `onChange` gets them in main's order. */
export function RecoveryParts({ onChange }: { onChange: (parts: string[] | null) => void }) {
  const asked = useQuery('workspace.recoveryParts', {}, []);
  const [parts, setParts] = useState<Record<number, string>>({});
  const positions = asked.data?.positions;
  useEffect(() => {
    if (!positions) return;
    const typed = positions.map((position) => (parts[position] ?? '').trim());
    onChange(typed.every((part) => part !== '') ? typed : null);
  }, [parts, positions, onChange]);
  if (asked.error) return <ErrorState error={asked.error} onRetry={asked.reload} />;
  if (!positions) return <Loading what="what to type back" />;
  return (
    <div className="columns">
      {positions.map((position, index) => (
        <TextField
          key={position}
          label={`Group ${position + 1}`}
          value={parts[position] ?? ''}
          onChange={(value) => setParts((old) => ({ ...old, [position]: value }))}
          mono
          className="secret-part"
          maxLength={40}
          autoFocus={index === 0}
        />
      ))}
    </div>
  );
}

/** Sends the parts; afterwards the key is not shown again. */
export async function verifyRecovery(parts: string[]): Promise<void> {
  await call('workspace.verifyRecoveryKey', { parts });
  reloadQuery('workspace.state', {});
}
