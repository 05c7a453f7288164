/** Renaming a signer, changing the PIN of its token, removing it. */
import { useEffect, useState } from 'react';
import { call } from '../../app/call.ts';
import { hrefOf, navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { SecretField, TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';
import type { ListedSigner } from './signer-words.ts';

export interface SignerDialogProps {
  id: string;
  name: string;
  revision: number;
  open: boolean;
  onClose: () => void;
}

export function RenameSignerDialog(props: SignerDialogProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Rename the signer">
      <RenameBody {...props} />
    </Dialog>
  );
}

function RenameBody({ id, name: before, revision, onClose }: SignerDialogProps) {
  const [name, setName] = useState(before);
  const rename = useAction('signers.rename', async () => {
    await call('signers.rename', { revision, id, name });
    onClose();
  });
  const said = rename.error?.fieldError('name') ?? null;
  return (
    <DialogForm
      action={rename}
      why={name.trim() === '' ? 'Give it a name' : name === before ? 'Nothing is changed yet' : null}
      verb="Rename"
      onClose={onClose}
      saidByField={said !== null}
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        maxLength={80}
        autoFocus
        error={said}
        help="Its keys stay with it: the device is known by its identity key, not by its name."
      />
    </DialogForm>
  );
}

export function ChangePinDialog(props: SignerDialogProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title={`Change the PIN of “${props.name}”`}>
      <ChangePinBody {...props} />
    </Dialog>
  );
}

function ChangePinBody({ id, onClose }: SignerDialogProps) {
  const [oldPin, setOldPin] = useState('');
  const [newPin, setNewPin] = useState('');
  const [again, setAgain] = useState('');
  const change = useStartedJob(
    'signers.changePin',
    () => call('signers.changePin', { id, oldPin, newPin }),
    () => {
      showToast('The token has its new PIN');
      onClose();
    },
  );
  const said = change.action.error?.fieldError('oldPin') ?? null;
  useEffect(() => {
    // It is not sent a second time by pressing Enter once more.
    if (said !== null) setOldPin('');
  }, [said]);
  const why =
    oldPin === ''
      ? 'Type the present PIN'
      : newPin === ''
        ? 'Type the new PIN'
        : newPin === again
          ? null
          : 'Type the new PIN twice the same';
  return (
    <DialogForm
      action={{ ...change.action, busy: change.running }}
      why={why}
      verb="Change PIN"
      onClose={onClose}
      saidByField={said !== null}
    >
      <Notice severity="careful">
        Whoever else uses this token needs the new PIN. A wrong present PIN costs one try. The signer stays
        logged in; a token that lets in one program at a time is logged out and in again. Where its PIN is
        kept, also by another signer on this token, the new one takes its place.
      </Notice>
      <SecretField
        label="Present PIN"
        value={oldPin}
        onChange={setOldPin}
        autoFocus
        mono
        error={oldPin === '' ? said : null}
      />
      <SecretField label="New PIN" value={newPin} onChange={setNewPin} mono />
      <SecretField
        label="New PIN, again"
        value={again}
        onChange={setAgain}
        mono
        error={again !== '' && !newPin.startsWith(again) ? 'It differs from the one above.' : null}
      />
      {change.progress}
    </DialogForm>
  );
}

function OwnedKey({ id }: { id: string }) {
  const found = useQuery('keys.get', { id }, ['keys'], { ids: [id] });
  const row = found.data;
  return (
    <li className="wrap">
      <a href={hrefOf('key', { id })}>{row?.label ?? id}</a>
      {row ? (
        <span className="quiet">
          {' '}
          {row.key.text}
          {row.owner === '' ? '' : `, used by ${row.owner}`}
        </span>
      ) : null}
    </li>
  );
}

const SHOWN_KEYS = 12;

/** The keys because of which a signer stays (H-027). */
function OwnedKeys({ ids }: { ids: readonly string[] }) {
  return (
    <ul className="verdict-lines" aria-label="Keys on the signer">
      {ids.slice(0, SHOWN_KEYS).map((id) => (
        <OwnedKey key={id} id={id} />
      ))}
      {ids.length > SHOWN_KEYS ? <li>and {ids.length - SHOWN_KEYS} more</li> : null}
    </ul>
  );
}

interface RemoveSignerProps extends SignerDialogProps {
  one: ListedSigner;
}

/** What the workspace forgets with a signer, and what stays on its device: no more than there is of each. */
function whatGoes({ row, pending, kind, waiting }: ListedSigner): string[] {
  const secret = kind === 'kmip' ? 'password' : 'PIN';
  const device = kind === 'kmip' ? 'server' : 'device';
  const stored = row?.secretStored === true || pending?.secretStored === true;
  const goes = stored ? `Its settings and its stored ${secret}` : 'Its settings';
  return [
    waiting === 'new'
      ? `${goes} are forgotten at once: they were never in force.`
      : `${goes} are forgotten once the changes are applied.`,
    row?.bound === true
      ? `Nothing on the ${device} is destroyed: its keys stay there, and so does the identity key of Baleen.`
      : `Nothing on the ${device} is destroyed: Baleen has no identity key there.`,
  ];
}

export function RemoveSignerDialog(props: RemoveSignerProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title={`Remove “${props.name}”?`} alert>
      <RemoveBody {...props} />
    </Dialog>
  );
}

function RemoveBody({ id, name, revision, onClose, one }: RemoveSignerProps) {
  const remove = useAction('signers.remove', async () => {
    await call('signers.remove', { revision, id });
    showToast(
      one.waiting === 'new' ? `“${name}” is removed` : `“${name}” is removed once the changes are applied`,
    );
    navigate('signers');
  });
  const keys = useQuery('keys.list', { limit: 500 }, ['keys']).data?.rows ?? [];
  const owned = keys.filter(({ signer }) => signer === id).map((row) => row.id);
  const refused = remove.error?.details.ids ?? [];
  const ids = refused.length > 0 ? refused : owned;
  return (
    <div className="stack">
      {remove.error === null && ids.length > 0 ? (
        <Notice severity="bad">
          <div className="stack-tight">
            <p>It owns keys of this workspace and cannot be removed before they are replaced or destroyed.</p>
            <OwnedKeys ids={ids} />
          </div>
        </Notice>
      ) : null}
      <p id="remove-takes">
        <b>{ids.length > 0 ? 'What its removal would take' : 'What its removal takes'}</b>
      </p>
      <ul className="lost" aria-labelledby="remove-takes">
        {whatGoes(one).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {remove.error && ids.length > 0 ? (
        <Notice severity="bad" live>
          <div className="stack-tight">
            <p>{remove.error.message}</p>
            <OwnedKeys ids={ids} />
          </div>
        </Notice>
      ) : null}
      {remove.error && ids.length === 0 ? <ErrorState error={remove.error} /> : null}
      <div className="dialog-foot">
        <Button onPress={onClose} autoFocus>
          Keep it
        </Button>
        <Button
          kind="danger"
          busy={remove.busy}
          whyDisabled={ids.length > 0 ? 'It owns keys' : null}
          onPress={() => void remove.run()}
        >
          Remove signer
        </Button>
      </div>
    </div>
  );
}
