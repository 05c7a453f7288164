/**
 * The wizard that makes a workspace: kind, name and folder, passphrase, recovery key shown and typed back.
 * Until the workspace is there nothing is stored anywhere; afterwards the last two steps can be taken up again.
 */
import { FolderOpen } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Ticket } from '#shared/contract/app.ts';
import { workspaceKind, workspaceName } from '#shared/contract/workspace.ts';
import type { WorkspaceKind } from '#shared/contract/workspace.ts';
import { call } from '../../app/call.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { formatPath, navigate, parsePath, replacePath } from '../../app/router.ts';
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

/** Stands for a name that is not typed yet. */
const UNNAMED = 'workspace';

function nameProblem(name: string): string | null {
  const parsed = workspaceName.safeParse(name);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'Give the workspace a name');
}

/** Where the workspace will be made unless another folder is chosen; "…" for the name that is still missing. */
function useSuggested(name: string): string | null {
  const named = nameProblem(name) === null;
  const asked = useQuery('workspace.suggestFolder', { name: named ? name.trim() : UNNAMED }, []);
  const path = asked.data?.path ?? null;
  return named || path === null ? path : path.replace(/[^/\\]+$/, '…');
}

function FolderField(props: {
  name: string;
  folder: Ticket | null;
  /** Another one was chosen before the window was loaded again. */
  lost: boolean;
  onFolder: (folder: Ticket | null) => void;
}) {
  const suggested = useSuggested(props.name);
  const choose = useAction('dialogs.folder', async () => {
    const { chosen } = await call('dialogs.folder', { purpose: 'create' });
    if (chosen) props.onFolder(chosen);
  });
  const path = props.folder?.path ?? suggested;
  return (
    <div className="field">
      <span className="field-label">Folder</span>
      <div className="row-wrap">
        <span className="mono wrap">{path}</span>
        <Button
          size="small"
          icon={<FolderOpen aria-hidden />}
          busy={choose.busy}
          onPress={() => void choose.run()}
        >
          Choose another…
        </Button>
        {props.folder || props.lost ? (
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

/** What the address keeps over a reload: nothing of it is secret, and the folder is chosen anew. */
function keptIn({ query }: ViewProps['route']): {
  kind: WorkspaceKind | null;
  name: string;
  another: boolean;
} {
  const kind = workspaceKind.safeParse(query['kind']);
  return {
    kind: kind.success ? kind.data : null,
    name: (query['name'] ?? '').slice(0, 80),
    another: query['folder'] === 'another',
  };
}

export function CreateWorkspace({ route, session }: ViewProps) {
  const [kept] = useState(() => keptIn(route));
  const [kind, setKind] = useState<WorkspaceKind>(kept.kind ?? 'online');
  const [kindChosen, setKindChosen] = useState(kept.kind !== null);
  const [name, setName] = useState(kept.name);
  const [folder, setFolder] = useState<Ticket | null>(null);
  const [lostFolder, setLostFolder] = useState(kept.another);
  const suggested = useSuggested(name);
  const [passphrase, setPassphrase] = useState(EMPTY_PASSPHRASE);
  const [shown, setShown] = useState(false);
  const [parts, setParts] = useState<string[] | null>(null);
  const created = session.state === 'unlocked';
  const asked = STEPS.find((step) => step.id === route.params['step'])?.id ?? 'kind';
  // A reload has forgotten what was typed: a step is reachable only when the ones before it are complete.
  const complete = { kind: kindChosen, place: nameProblem(name) === null && !lostFolder };
  const missing: StepId | null = !complete.kind ? 'kind' : complete.place ? null : 'place';
  const reach: StepId =
    created || missing === null || asked === 'kind'
      ? asked
      : missing === 'place' && asked === 'place'
        ? asked
        : missing;
  const index = STEPS.findIndex((step) => step.id === reach);
  const step = STEPS[index] ?? STEPS[0];

  const written = {
    ...(kindChosen ? { kind } : {}),
    ...(name === '' ? {} : { name }),
    ...(folder === null && !lostFolder ? {} : { folder: 'another' }),
  };
  const go = (id: StepId, more: Partial<typeof written> = {}): void =>
    navigate('create-workspace', { step: id }, created ? {} : { ...written, ...more });
  const address = formatPath('create-workspace', { step: step.id }, created ? {} : written);
  useEffect(() => {
    // The address says the step that is shown, with what was typed, so that a reload goes on there.
    const timer = setTimeout(() => {
      const here = parsePath(location.hash);
      if (here?.name === 'create-workspace' && location.hash !== `#${address}`) replacePath(address);
    }, 300);
    return () => clearTimeout(timer);
  }, [address]);
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
    navigate('create-workspace', { step: 'recovery' });
  });
  const verify = useAction('workspace.verifyRecoveryKey', async () => {
    if (!parts) return;
    await verifyRecovery(parts);
    showToast('The recovery key is checked');
    navigate('overview');
  });

  const why: Record<StepId, string | null> = {
    kind: null,
    place:
      name === ''
        ? 'Give the workspace a name'
        : (nameProblem(name) ?? (lostFolder ? 'Choose the folder again, or use the suggested one' : null)),
    passphrase: whyNotPassphrase(passphrase),
    recovery: whyNotOnPaper(session.workspace, shown),
    verify: parts ? null : 'Type the groups that are asked for',
  };
  const next: Record<StepId, () => void> = {
    kind: () => {
      setKindChosen(true);
      go('place', { kind });
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
            {lostFolder ? (
              <Notice severity="careful">
                The folder that was chosen is not known any more after the reload. Choose it again, or use the
                suggested one.
              </Notice>
            ) : null}
            <FolderField
              name={name}
              folder={folder}
              lost={lostFolder}
              onFolder={(chosen) => {
                setFolder(chosen);
                setLostFolder(false);
              }}
            />
          </>
        ) : null}
        {step.id === 'passphrase' ? (
          <>
            <NewPassphraseFields value={passphrase} onChange={setPassphrase} autoFocus />
            <KeyValue
              items={[
                ['Workspace', name.trim()],
                ['Kind', KIND_NAMES[kind]],
                [
                  'Folder',
                  <span className="mono wrap" key="folder">
                    {folder?.path ?? suggested}
                  </span>,
                ],
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
