/** The next step of a local child's key roll: what it does, what follows, and the verb. */
import type { LocalChildView } from '#shared/contract/ta-child.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';

const WORDS = {
  start: {
    title: 'Roll the key',
    verb: 'Make the new key',
    now: 'A new key is made beside the active one, which goes on signing.',
    follows: [
      'Ask the parent: the new key’s request is scheduled.',
      'Make an exchange; the certificate is fetched by itself, and the new key publishes its own manifest and CRL.',
      'Activate the new key here.',
      'Ask the parent, and make a second exchange: the old key is revoked and destroyed.',
    ],
  },
  activate: {
    title: 'Activate the new key',
    verb: 'Activate the new key',
    now: 'The new key takes over. The old one stays published until the trust anchor has revoked it.',
    follows: [
      'Ask the parent: the revocation is scheduled.',
      'Make an exchange; then the old key is destroyed here and its objects are withdrawn.',
    ],
  },
} as const;

export function KeyRollDialog(props: { child: LocalChildView; open: boolean; onClose: () => void }) {
  const step = props.child.roll;
  return (
    <Dialog
      open={props.open && step !== null}
      onClose={props.onClose}
      title={step === null ? 'Roll the key' : WORDS[step].title}
    >
      {step === null ? null : <Body child={props.child} step={step} onClose={props.onClose} />}
    </Dialog>
  );
}

function Body(props: { child: LocalChildView; step: 'start' | 'activate'; onClose: () => void }) {
  const { child, step, onClose } = props;
  const words = WORDS[step];
  const roll = useAction('ta.localRoll', async () => {
    showToast((await call('ta.localRoll', { handle: child.handle, step })).says);
    onClose();
  });
  return (
    <DialogForm action={roll} why={null} verb={words.verb} onClose={onClose}>
      <p>{words.now}</p>
      <p className="dim">What follows:</p>
      <ol>
        {words.follows.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
    </DialogForm>
  );
}
