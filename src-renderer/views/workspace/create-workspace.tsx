/**
 * The wizard that makes a workspace: kind, name and folder, passphrase, recovery key shown and typed back.
 * Until the workspace is there nothing is stored anywhere; afterwards the last two steps can be taken up again.
 */
import { FolderOpen } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Ticket } from '#shared/contract/app.ts';
import { workspaceName } from '#shared/contract/workspace.ts';
import type { WorkspaceKind } from '#shared/contract/workspace.ts';
import { call } from '../../app/call.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button } from '../../components/button.tsx';
import { KeyValue } from '../../components/card.tsx';
import { RadioCards } from '../../components/choices.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { WizardFrame } from '../../components/wizard-frame.tsx';
import { KINDS, KIND_NAMES } from './kind.tsx';
import { EMPTY_PASSPHRASE, NewPassphraseFields, whyNotPassphrase } from './new-passphrase.tsx';
import { RecoveryParts, RecoverySheet, verifyRecovery, whyNotOnPaper } from './recovery-key.tsx';

const STEPS = [
  { id: 'kind', title: 'Kind', heading: 'What is this workspace for?' },
  { id: 'place', title: 'Name and folder', heading: 'Name it and say where it lives' },
  { id: 'passphrase', title: 'Passphrase', heading: 'Choose the passphrase' },
  { id: 'recovery', title: 'Recovery key', heading: 'Keep the recovery key' },
  { id: 'verify', title: 'Check', heading: 'Type part of it back' },
] as const;
type StepId = (typeof STEPS)[number]['id'];

function nameProblem(name: string): string | null {
  const parsed = workspaceName.safeParse(name);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'Give the workspace a name');
}

function FolderField(props: {
  name: string;
  folder: Ticket | null;
  onFolder: (folder: Ticket | null) => void;
}) {
  const named = nameProblem(props.name) === null;
  const suggested = useQuery('workspace.suggestFolder', { name: props.name.trim() }, [], { skip: !named });
  const choose = useAction('dialogs.folder', async () => {
    const { chosen } = await call('dialogs.folder', { purpose: 'create' });
    if (chosen) props.onFolder(chosen);
  });
  const path = props.folder?.path ?? suggested.data?.path ?? null;
  return (
    <div className="field">
      <span className="field-label">Folder</span>
      <div className="row-wrap">
        <span className="mono wrap">{path ?? <span className="quiet">named after the workspace</span>}</span>
        <Button
          size="small"
          icon={<FolderOpen aria-hidden />}
          busy={choose.busy}
          onPress={() => void choose.run()}
        >
          Choose another…
        </Button>
        {props.folder ? (
          <Button size="small" kind="quiet" onPress={() => props.onFolder(null)}>
            Use the suggested one
          </Button>
        ) : null}
      </div>
      <p className="field-help">
        One folder with an encrypted database, the vault header and the audit file. It can be moved and copied
        as a whole. Only you get the right to read it.
      </p>
      {choose.error ? <ErrorState error={choose.error} /> : null}
    </div>
  );
}

export function CreateWorkspace({ route, session }: ViewProps) {
  const [kind, setKind] = useState<WorkspaceKind>('online');
  const [kindChosen, setKindChosen] = useState(false);
  const [name, setName] = useState('');
  const [folder, setFolder] = useState<Ticket | null>(null);
  const [passphrase, setPassphrase] = useState(EMPTY_PASSPHRASE);
  const [shown, setShown] = useState(false);
  const [parts, setParts] = useState<string[] | null>(null);
  const created = session.state === 'unlocked';
  const asked = STEPS.find((step) => step.id === route.params['step'])?.id ?? 'kind';
  // A reload has forgotten what was typed: a step is reachable only when the ones before it are complete.
  const complete = { kind: kindChosen, place: nameProblem(name) === null };
  const missing: StepId | null = !complete.kind ? 'kind' : complete.place ? null : 'place';
  const reach: StepId =
    created || missing === null || asked === 'kind'
      ? asked
      : missing === 'place' && asked === 'place'
        ? asked
        : missing;
  const index = STEPS.findIndex((step) => step.id === reach);
  const step = STEPS[index] ?? STEPS[0];

  const go = (id: StepId): void => navigate('create-workspace', { step: id });
  useEffect(() => {
    if (created) setPassphrase(EMPTY_PASSPHRASE);
  }, [created]);

  const create = useAction('workspace.create', async () => {
    await call('workspace.create', {
      folder: folder?.ticket ?? null,
      name: name.trim(),
      kind,
      passphrase: passphrase.value,
    });
    setPassphrase(EMPTY_PASSPHRASE);
    reloadQuery('workspace.state', {});
    go('recovery');
  });
  const verify = useAction('workspace.verifyRecoveryKey', async () => {
    if (!parts) return;
    await verifyRecovery(parts);
    showToast('The recovery key is checked');
    navigate('overview');
  });

  const why: Record<StepId, string | null> = {
    kind: null,
    place: name === '' ? 'Give the workspace a name' : nameProblem(name),
    passphrase: whyNotPassphrase(passphrase),
    recovery: whyNotOnPaper(session.workspace, shown),
    verify: parts ? null : 'Type the groups that are asked for',
  };
  const next: Record<StepId, () => void> = {
    kind: () => {
      setKindChosen(true);
      go('place');
    },
    place: () => go('passphrase'),
    passphrase: () => void create.run(),
    recovery: () => go('verify'),
    verify: () => void verify.run(),
  };
  const labels: Partial<Record<StepId, string>> = {
    passphrase: 'Create the workspace',
    recovery: 'I have it on paper',
    verify: 'Check',
  };

  return (
    <div className="page">
      <WizardFrame
        title="New workspace"
        current={step.id}
        heading={step.heading}
        steps={STEPS.map((one, at) => ({ ...one, done: at < index }))}
        onStep={created ? (id) => (id === 'recovery' ? go('recovery') : undefined) : (id) => go(id as StepId)}
        onBack={
          step.id === 'recovery'
            ? null
            : () => (index === 0 ? navigate('start') : go(STEPS[index - 1]?.id ?? 'kind'))
        }
        onNext={next[step.id]}
        nextLabel={labels[step.id] ?? 'Next'}
        whyNotNext={why[step.id]}
        busy={create.busy || verify.busy}
        footNote={create.busy ? 'The key is derived from the passphrase on purpose slowly' : null}
        note={
          created
            ? 'The workspace is made and unlocked. These two steps can be done later, too.'
            : 'Nothing is written before the passphrase is chosen.'
        }
        cancel={null}
      >
        {step.id === 'kind' ? (
          <RadioCards
            label="Kind of workspace"
            help="This cannot be changed later."
            columns={1}
            value={kind}
            onChange={setKind}
            options={KINDS}
          />
        ) : null}
        {step.id === 'place' ? (
          <>
            <TextField
              label="Name"
              value={name}
              onChange={setName}
              autoFocus
              maxLength={80}
              help="Shown in the navigation, on printed sheets and in the audit."
              placeholder="Production root"
              error={name === '' ? null : nameProblem(name)}
            />
            <FolderField name={name} folder={folder} onFolder={setFolder} />
          </>
        ) : null}
        {step.id === 'passphrase' ? (
          <>
            <NewPassphraseFields value={passphrase} onChange={setPassphrase} autoFocus />
            <KeyValue
              items={[
                ['Workspace', name.trim()],
                ['Kind', KIND_NAMES[kind]],
                folder
                  ? [
                      'Folder',
                      <span className="mono" key="folder">
                        {folder.path}
                      </span>,
                    ]
                  : null,
              ]}
            />
            {create.error ? <ErrorState error={create.error} /> : null}
          </>
        ) : null}
        {step.id === 'recovery' ? (
          <>
            <p className="dim">
              If the passphrase is forgotten, this key opens the workspace, and nothing else does. Print it or
              write it down, and keep it away from this computer. It is shown once; after that the passphrase
              is asked for it, and once you have typed part of it back it is not shown at all.
            </p>
            <RecoverySheet workspace={session.workspace} onShown={() => setShown(true)} />
          </>
        ) : null}
        {step.id === 'verify' ? (
          <>
            <p className="dim">
              Read these groups from the paper, not from memory. This proves that the sheet is right.
            </p>
            <RecoveryParts onChange={setParts} />
            {verify.error ? <ErrorState error={verify.error} /> : null}
            <Notice severity="note">
              After this the key is not shown again. A new one can be made in the settings.
            </Notice>
          </>
        ) : null}
      </WizardFrame>
    </div>
  );
}
