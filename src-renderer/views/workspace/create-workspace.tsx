/**
 * The wizard that makes a workspace: kind, name and folder, passphrase, recovery key shown and typed back.
 * Until the workspace is there nothing is stored anywhere; afterwards the last two steps can be taken up again.
 */
import { useEffect, useState } from 'react';
import { call } from '../../app/call.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { formatPath, navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { KeyValue } from '../../components/card.tsx';
import { RadioCards } from '../../components/choices.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { WizardFrame } from '../../components/wizard-frame.tsx';
import { FolderField, nameProblem, useNewWorkspace, useTrueAddress } from './new-workspace.tsx';
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

export function CreateWorkspace({ route, session }: ViewProps) {
  const fields = useNewWorkspace(route);
  const { kind, name, folder, lostFolder, written, suggested } = fields;
  const [passphrase, setPassphrase] = useState(EMPTY_PASSPHRASE);
  const [shown, setShown] = useState(false);
  const [parts, setParts] = useState<string[] | null>(null);
  const created = session.state === 'unlocked';
  const asked = STEPS.find((step) => step.id === route.params['step'])?.id ?? 'kind';
  // A reload has forgotten what was typed: a step is reachable only when the ones before it are complete.
  const { missing } = fields;
  const reach: StepId =
    created || missing === null || asked === 'kind'
      ? asked
      : missing === 'place' && asked === 'place'
        ? asked
        : missing;
  const index = STEPS.findIndex((step) => step.id === reach);
  const step = STEPS[index] ?? STEPS[0];

  const go = (id: StepId, more: typeof written = {}): void =>
    navigate('create-workspace', { step: id }, created ? {} : { ...written, ...more });
  useTrueAddress(formatPath('create-workspace', { step: step.id }, created ? {} : written));
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
    place: fields.whyNotPlace,
    passphrase: whyNotPassphrase(passphrase),
    recovery: whyNotOnPaper(session.workspace, shown),
    verify: parts ? null : 'Type the groups that are asked for',
  };
  const next: Record<StepId, () => void> = {
    kind: () => {
      fields.chooseKind();
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
        steps={STEPS.map((one, at) => ({
          ...one,
          done: at < index,
          // Once it is there, only the recovery key is left to be dealt with.
          fixed: created && one.id !== 'recovery',
        }))}
        onStep={(id) => go(id as StepId)}
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
            onChange={fields.setKind}
            options={KINDS}
          />
        ) : null}
        {step.id === 'place' ? (
          <>
            <TextField
              label="Name"
              value={name}
              onChange={fields.setName}
              autoFocus
              maxLength={80}
              help="Shown in the navigation, on printed sheets and in the audit."
              placeholder="Production root"
              error={name === '' ? null : (nameProblem(name) ?? fields.takenBy)}
            />
            {lostFolder ? (
              <Notice severity="careful">
                The folder that was chosen is not known any more after the reload. Choose it again, or use the
                suggested one.
              </Notice>
            ) : null}
            <FolderField
              suggested={suggested}
              folder={folder}
              lost={lostFolder}
              onFolder={fields.setFolder}
            />
          </>
        ) : null}
        {step.id === 'passphrase' ? (
          <>
            <NewPassphraseFields
              value={passphrase}
              onChange={setPassphrase}
              autoFocus
              of={{ name: name.trim(), kind, folder: folder?.path ?? suggested ?? '' }}
            />
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
