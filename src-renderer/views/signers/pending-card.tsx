/** What waits to be applied: the changes in words, what stands in the way, what the advisor says; apply or discard. */
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConfirmDialog, Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { FindingsTable, Notice } from '../../components/verdict.tsx';
import type { SignerList } from './signer-words.ts';

type Pending = SignerList['pending'];

/** The advisor's cures (H-028): the software signer is named again, or makes the one-off keys. */
function Cures({ pending }: { pending: Pending }) {
  const { revision, defaultSigner, advice, signers } = pending;
  const codes = new Set(advice.map(({ code }) => code));
  const add = useAction('signers.addSoftware', () => call('signers.addSoftware', { revision }));
  const mend = useAction('signers.setRoles', () =>
    call('signers.setRoles', { revision, defaultSigner, oneOffSigner: 'software' }),
  );
  const missing = codes.has('one-off-trap') && !signers.some(({ kind }) => kind === 'software');
  const onDevice = codes.has('one-off-on-device');
  if (!missing && !onDevice) return null;
  const error = add.error ?? mend.error;
  return (
    <div className="card-body stack-tight">
      <div className="row-wrap">
        {missing ? (
          <Button size="small" kind="primary" busy={add.busy} onPress={() => void add.run()}>
            Add the software signer
          </Button>
        ) : null}
        {onDevice ? (
          <Button size="small" busy={mend.busy} onPress={() => void mend.run()}>
            Make one-off keys in software
          </Button>
        ) : null}
        <span className="quiet">It waits with the other changes until you apply it.</span>
      </div>
      {error ? <ErrorState error={error} /> : null}
    </div>
  );
}

/** What the advisor says of it; nothing when there is nothing to say. */
export function Advice({ pending }: { pending: Pending }) {
  if (pending.advice.length === 0) return null;
  return (
    <Card title="Advice" flush>
      <FindingsTable findings={pending.advice} empty="" />
      <Cures pending={pending} />
    </Card>
  );
}

function Changes({ changes }: { changes: readonly string[] }) {
  return (
    <ul className="verdict-lines" aria-label="Changes">
      {changes.map((text) => (
        <li key={text} className="wrap">
          {text}
        </li>
      ))}
    </ul>
  );
}

function Faults({ faults }: { faults: readonly string[] }) {
  return faults.map((text) => (
    <Notice key={text} severity="bad">
      <span className="wrap">{text}</span>
    </Notice>
  ));
}

interface PendingProps {
  pending: Pending;
  dialog: string | null;
  onDialog: (dialog: 'discard' | null) => void;
}

function Waiting({ pending, dialog, onDialog }: PendingProps) {
  const { revision, changes, faults } = pending;
  const apply = useAction('signers.apply', async () => {
    await call('signers.apply', { revision });
    onDialog(null);
    showToast('The signers are as configured now');
    // The card goes, and the button in it had the focus.
    document.querySelector<HTMLElement>('[data-page-heading]')?.focus();
  });
  const why = faults.length === 0 ? null : 'Mend what stands in the way first';
  return (
    <Card
      title="Changes wait"
      note="Nothing of this is in force until you apply it."
      aside={
        <>
          <Tag tone="careful">
            {changes.length} {changes.length === 1 ? 'change' : 'changes'}
          </Tag>
          <Button size="small" onPress={() => onDialog('discard')}>
            Discard…
          </Button>
          <Button
            size="small"
            kind="primary"
            busy={apply.busy}
            whyDisabled={why}
            onPress={() => void apply.run()}
          >
            Apply changes
          </Button>
        </>
      }
    >
      <div className="stack">
        <Changes changes={changes} />
        <Faults faults={faults} />
        {faults.length > 0 && pending.defaultSigner === null && pending.signers.length > 1 ? (
          <p>Choose the default signer below, under “Who makes new keys”.</p>
        ) : null}
        {apply.error ? <ErrorState error={apply.error} onRetry={() => void apply.run()} /> : null}
      </div>
      <Dialog open={dialog === 'apply'} onClose={() => onDialog(null)} title="Apply the changes?">
        <DialogForm action={apply} why={why} verb="Apply changes" onClose={() => onDialog(null)}>
          <Changes changes={changes} />
          <Faults faults={faults} />
        </DialogForm>
      </Dialog>
      <ConfirmDialog
        open={dialog === 'discard'}
        onClose={() => onDialog(null)}
        title="Discard the changes?"
        lost={changes}
        verb="Discard changes"
        keep="Keep them"
        channel="signers.discard"
        onConfirm={() => call('signers.discard', { revision })}
      />
    </Card>
  );
}

/** Nothing at all when nothing waits and nothing stands in the way. */
export function PendingCard(props: PendingProps) {
  const { pending } = props;
  return pending.changes.length === 0 ? <Faults faults={pending.faults} /> : <Waiting {...props} />;
}
