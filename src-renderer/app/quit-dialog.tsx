/** The question before the application ends while others use it, by our own dialog or by the window's. */
import { useEffect } from 'react';
import { ConfirmDialog } from '../components/dialog.tsx';
import { call } from './call.ts';
import type { Session } from './session.ts';
import { useServing } from './serving.ts';
import { useView } from './state.ts';

export function QuitDialog({ state }: { state: Session['state'] }) {
  const asked = useView((view) => view.quitAsked);
  const serves = useServing(state)?.running === true;
  useEffect(() => {
    if (!serves) return;
    // For the window's own closing, where the shell leaves the question to the browser.
    const leaving = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', leaving);
    return () => window.removeEventListener('beforeunload', leaving);
  }, [serves]);
  return (
    <ConfirmDialog
      open={asked}
      onClose={() => useView.setState({ quitAsked: false })}
      title="Close Baleen while the trust anchor serves?"
      lost={[
        'Children and relying parties find nobody at its address until Baleen is open again and it is started.',
      ]}
      verb="Close Baleen"
      keep="Keep it open"
      channel="app.quit"
      onConfirm={() => call('app.quit', {})}
    />
  );
}
