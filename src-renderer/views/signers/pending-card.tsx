/** What waits to be applied: the changes in words, what stands in the way, what the advisor says; apply or discard. */
import { call } from '../../app/call.ts';
import { useState } from 'react';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { FindingsTable, Notice } from '../../components/verdict.tsx';
import type { SignerList } from './signer-words.ts';

type Pending = SignerList['pending'];

/** The advisor's cure of the trap (H-028): one-off keys are made in software, as they are when nobody chooses. */
function SoftwareForOneOff({ pending }: { pending: Pending }) {
  const mend = useAction('signers.setRoles', () =>
    call('signers.setRoles', {
      revision: pending.revision,
      defaultSigner: pending.defaultSigner,
      oneOffSigner: 'software',
    }),
  );
  return (
    <div className="stack-tight">
      <div className="row-wrap">
        <Button size="small" busy={mend.busy} onPress={() => void mend.run()}>
          Make one-off keys in software
        </Button>
        <span className="quiet">It waits with the other changes until you apply it.</span>
      </div>
      {mend.error ? <ErrorState error={mend.error} /> : null}
    </div>
  );
}

function Advice({ pending }: { pending: Pending }) {
  if (pending.advice.length === 0) return null;
  const kindOf = new Map(pending.signers.map((one) => [one.id, one.kind]));
  const trapped =
    pending.oneOffSigner !== null && (kindOf.get(pending.oneOffSigner) ?? 'software') !== 'software';
  return (
    <Card title="Advice" flush>
      <FindingsTable findings={pending.advice} empty="" />
      {trapped ? (
        <div className="card-body">
          <SoftwareForOneOff pending={pending} />
        </div>
      ) : null}
    </Card>
  );
}

function Waiting({ pending }: { pending: Pending }) {
  const { revision, changes, faults } = pending;
  const [discarding, setDiscarding] = useState(false);
  const apply = useAction('signers.apply', async () => {
    await call('signers.apply', { revision });
    showToast('The signers are as configured now');
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
          <Button size="small" onPress={() => setDiscarding(true)}>
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
        <ul className="verdict-lines" aria-label="Changes">
          {changes.map((text) => (
            <li key={text} className="wrap">
              {text}
            </li>
          ))}
        </ul>
        {faults.map((text) => (
          <Notice key={text} severity="bad">
            <span className="wrap">{text}</span>
          </Notice>
        ))}
        {apply.error ? <ErrorState error={apply.error} onRetry={() => void apply.run()} /> : null}
      </div>
      <ConfirmDialog
        open={discarding}
        onClose={() => setDiscarding(false)}
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

/** Nothing at all when nothing waits and there is nothing to advise. */
export function PendingCard({ pending }: { pending: Pending }) {
  return (
    <>
      {pending.changes.length === 0 ? (
        pending.faults.map((text) => (
          <Notice key={text} severity="bad">
            {text}
          </Notice>
        ))
      ) : (
        <Waiting pending={pending} />
      )}
      <Advice pending={pending} />
    </>
  );
}
