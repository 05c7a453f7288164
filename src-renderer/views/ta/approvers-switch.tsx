/** Whether a second person must approve what the signer signs or hands on. Either way is on record; ending it takes both. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Switch } from '../../components/choices.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { ApproverNames, namesMissing, NO_NAMES } from './approver-names.tsx';

export function ApproversSwitch() {
  const found = useQuery('ta.approvers', {}, ['ta']);
  const [ending, setEnding] = useState(false);
  const set = useAction('ta.setApprovers', async () => {
    await call('ta.setApprovers', { count: 2 });
  });
  if (!found.data) return null;
  return (
    <div className="row-wrap">
      <Switch
        value={found.data.count === 2}
        onChange={(two) => {
          if (two) void set.run();
          else setEnding(true);
        }}
      >
        A second person approves each response
      </Switch>
      <span className="dim">
        A reissue, “Go on from this clock…” and “Write for krillta…” ask for two names then as well.
      </span>
      {set.error ? <ErrorState error={set.error} /> : null}
      <Dialog open={ending} onClose={() => setEnding(false)} title="Let one person approve">
        <OneIsEnough onClose={() => setEnding(false)} />
      </Dialog>
    </div>
  );
}

function OneIsEnough({ onClose }: { onClose: () => void }) {
  const [names, setNames] = useState(NO_NAMES);
  const end = useAction('ta.setApprovers', async () => {
    await call('ta.setApprovers', { count: 1, names: [...names] });
    onClose();
  });
  return (
    <DialogForm action={end} why={namesMissing(names)} verb="One person is enough" onClose={onClose}>
      <p>Both approvers agree to this, each by name. The names go into the audit.</p>
      <ApproverNames names={names} onNames={setNames} autoFocus />
    </DialogForm>
  );
}
