/** What came of asking the parent: a sentence for each child, read aloud. 1104 and 1101 are information. */
import type { Answer } from '#shared/contract/index.ts';
import type { CallError } from '../../app/call.ts';
import { Dated } from '../../components/dated.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Notice } from '../../components/verdict.tsx';

export type Told = Answer<'ta.localAsk'>['told'][number];

/** `named`: there are several, each with its handle. */
export function AskSaid(props: { told: readonly Told[]; error: CallError | null; named?: boolean }) {
  return (
    <>
      {props.told.map(({ handle, severity, says }) => (
        <Notice key={handle} severity={severity} live>
          {props.named ? <b>{handle}: </b> : null}
          <Dated text={says} />
        </Notice>
      ))}
      {props.error ? <ErrorState error={props.error} /> : null}
    </>
  );
}
