/**
 * The printed recovery key: shown once until it is verified, printed or copied, and part of it typed back.
 * SECURITY: it lives in this component's state only and goes with it.
 */
import { Eye, Printer } from 'lucide-react';
import { useEffect, useState } from 'react';
import { call } from '../../app/call.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/hex-value.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';

/** The groups of a recovery key as it is printed. */
export function recoveryGroups(key: string): string[] {
  return key.split(/[\s-]+/).filter(Boolean);
}

export function RecoverySheet({ workspaceName, onShown }: { workspaceName: string; onShown?: () => void }) {
  const [key, setKey] = useState<string | null>(null);
  const show = useAction('workspace.showRecoveryKey', async () => {
    setKey((await call('workspace.showRecoveryKey', {})).recoveryKey);
    onShown?.();
  });
  if (key === null) {
    return (
      <div className="stack-tight">
        {show.error ? <ErrorState error={show.error} /> : null}
        <div>
          <Button kind="primary" icon={<Eye aria-hidden />} busy={show.busy} onPress={() => void show.run()}>
            Show the recovery key
          </Button>
        </div>
      </div>
    );
  }
  const groups = recoveryGroups(key);
  const list = groups.map((group, index) => (
    // Groups may repeat; the place is the identity.
    <li key={index}>
      <small>{index + 1}</small>
      {group}
    </li>
  ));
  return (
    <div className="stack-tight">
      <ol className="recovery-sheet" aria-label="Recovery key" data-secret>
        {list}
      </ol>
      <div className="row-wrap">
        <Button icon={<Printer aria-hidden />} onPress={() => window.print()}>
          Print…
        </Button>
        <CopyButton text={key} what="Recovery key" secret wide />
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
