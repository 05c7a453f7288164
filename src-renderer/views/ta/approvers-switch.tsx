/** Whether a second person must approve each response. Either way is on record. */
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Switch } from '../../components/choices.tsx';
import { ErrorState } from '../../components/state-box.tsx';

export function ApproversSwitch() {
  const found = useQuery('ta.approvers', {}, ['ta']);
  const set = useAction('ta.setApprovers', async (two: boolean) => {
    await call('ta.setApprovers', { count: two ? 2 : 1 });
  });
  if (!found.data) return null;
  return (
    <>
      <Switch value={found.data.count === 2} onChange={(two) => void set.run(two)}>
        A second person approves each response
      </Switch>
      {set.error ? <ErrorState error={set.error} /> : null}
    </>
  );
}
