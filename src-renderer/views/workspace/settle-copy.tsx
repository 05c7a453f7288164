/** The dialog that ends the warning of a restored copy: a person made sure that the original is not used any more. */
import { call } from '../../app/call.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { showToast } from '../../app/state.ts';
import { useQuery } from '../../app/use-query.ts';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { Dated } from '../../components/dated.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import type { SettingsDialogProps } from './settings-dialogs.tsx';

export function SettleCopyDialog({ open, onClose }: SettingsDialogProps) {
  const asked = useQuery('workspace.restoredCopy', {}, ['audit', 'workspace']);
  const copy = asked.data?.copy ?? null;
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title="Is the original out of use?"
      lost={[
        'The warning about this copy. What you say here stays on record.',
        'If the original signs on all the same, numbers are given twice, and neither knows what the other revoked.',
      ]}
      verb="Only this copy is used"
      keep="Not yet"
      why={asked.data !== null && copy === null ? 'It is no restored copy, or that was settled' : null}
      channel="workspace.settleCopy"
      onConfirm={async () => {
        await call('workspace.settleCopy', {});
        reloadQuery('workspace.restoredCopy', {});
        showToast('On record: only this copy is used');
      }}
    >
      {asked.error ? <ErrorState error={asked.error} onRetry={asked.reload} /> : null}
      {copy === null ? null : (
        <p>
          <Dated
            text={`This workspace was restored at ${copy.restoredAt} from the backup of ${copy.madeAt}. What the original did after ${copy.knownUntil} is not known here.`}
          />
        </p>
      )}
    </ConfirmDialog>
  );
}
