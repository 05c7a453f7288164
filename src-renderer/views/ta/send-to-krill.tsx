/** The response of an exchange, sent to the Krill that asked for it; what its size comes to is said before. */
import type { Answer } from '#shared/contract/index.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Notice } from '../../components/verdict.tsx';
import { useStartedJob } from '../../components/use-started-job.tsx';

type Size = NonNullable<Answer<'ta.exchange'>['krill']>;

/** The button, and what is to be said below the heading. `early`: it is of the future, as the page says. */
export function useSendToKrill(exchange: string, size: Size | null, early: string | null) {
  const send = useStartedJob(
    'ta.krillRespond',
    () => call('ta.krillRespond', { exchange }),
    () => showToast('Krill took the response'),
  );
  if (size === null) return { button: null, notes: null };
  return {
    button: (
      <Button
        kind="primary"
        busy={send.running}
        whyDisabled={
          early !== null
            ? 'It is of the future: nobody takes it now'
            : size.verdict === 'over'
              ? 'It is larger than this Krill takes'
              : null
        }
        onPress={() => void send.action.run()}
      >
        Send to Krill
      </Button>
    ),
    notes: (
      <>
        {size.verdict === 'fits' ? null : (
          <Notice severity={size.verdict === 'over' ? 'bad' : 'careful'}>{size.text}</Notice>
        )}
        {send.action.error ? <ErrorState error={send.action.error} /> : null}
        {send.progress}
      </>
    ),
  };
}
