/** The question before the application ends, or the workspace is left, while others are served. */
import { useEffect } from 'react';
import { ConfirmDialog } from '../components/dialog.tsx';
import { closeNow } from './actions.ts';
import { call } from './call.ts';
import type { Session } from './session.ts';
import { useServing } from './serving.ts';
import { useView } from './state.ts';

/** What ends for others with the workspace. */
export const SERVING_LOST =
  'Children and relying parties find nobody at its address until this workspace is open again and serving is started.';

export function QuitDialog({ state }: { state: Session['state'] }) {
  const leaving = useView((view) => view.leaving);
  const serves = useServing(state)?.running === true;
  useEffect(() => {
    if (!serves) return;
    // For the window's own closing, where the shell leaves the question to the browser.
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [serves]);
  const onClose = (): void => useView.setState({ leaving: null });
  return (
    <>
      <ConfirmDialog
        open={leaving === 'application'}
        onClose={onClose}
        title="Close Baleen while the trust anchor serves?"
        lost={[
          'Children and relying parties find nobody at its address until Baleen is open again and it is started.',
        ]}
        verb="Close Baleen"
        keep="Keep it open"
        channel="app.quit"
        onConfirm={() => call('app.quit', {})}
      />
      <ConfirmDialog
        open={leaving === 'workspace'}
        onClose={onClose}
        title="Close the workspace while the trust anchor serves?"
        lost={[SERVING_LOST]}
        verb="Close the workspace"
        keep="Keep it open"
        channel="workspace.close"
        onConfirm={closeNow}
      />
    </>
  );
}
