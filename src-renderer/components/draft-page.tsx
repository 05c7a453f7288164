/** What every wizard over a draft of main shares: beginning one, taking one up, what stands in the way, the job at its end. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { AnyDraft, DraftKind, DraftOf } from '#shared/contract/drafts.ts';
import { useAction } from '../app/use-action.ts';
import { useQuery } from '../app/use-query.ts';
import { LinkButton } from './button.tsx';
import { JobProgress } from './job-progress.tsx';
import { Page } from './page.tsx';
import { ErrorState, Loading } from './state-box.tsx';
import { Verdict } from './verdict.tsx';

interface Back {
  href: string;
  label: string;
}

/** Begins a draft once and goes to it; `begin` replaces the address. */
export function StartDraft({
  title,
  back,
  begin,
}: {
  title: string;
  back: Back;
  begin: () => Promise<void>;
}) {
  const start = useAction('drafts.create', begin);
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void start.run();
  }, [start]);
  return (
    <Page title={title} narrow>
      {start.error ? (
        <ErrorState
          error={start.error}
          onRetry={() => void start.run()}
          action={<LinkButton href={back.href}>{back.label}</LinkButton>}
        />
      ) : (
        <Loading what="the wizard" />
      )}
    </Page>
  );
}

export interface TakenUp<K extends DraftKind> {
  /** As it was when the wizard began; later answers are echoes of its own saving. */
  draft: DraftOf<K>;
  /** As it is now. */
  now: DraftOf<K>;
  /** Takes up what is stored in place of what was typed. */
  reload: () => void;
}

function isOf<K extends DraftKind>(kind: K, draft: AnyDraft | null): draft is DraftOf<K> {
  return draft?.kind === kind;
}

/** Loads a draft and hands it to its wizard; another revision taken up on purpose begins anew. */
export function DraftPage<K extends DraftKind>(props: {
  kind: K;
  id: string;
  title: string;
  back: Back;
  children: (taken: TakenUp<K>) => ReactNode;
}) {
  const { kind, id, back } = props;
  const found = useQuery('drafts.get', { id }, ['drafts'], { ids: [id] });
  const [first, setFirst] = useState<DraftOf<K> | null>(null);
  const stored = isOf(kind, found.data) ? found.data : null;
  useEffect(() => {
    if (stored) setFirst((known) => (known?.id === stored.id ? known : stored));
  }, [stored]);
  if (first && first.id === id)
    return props.children({
      draft: first,
      now: stored ?? first,
      reload: () => {
        if (stored) setFirst(stored);
      },
    });
  return (
    <Page title={props.title} narrow>
      {found.error ? (
        <ErrorState error={found.error} action={<LinkButton href={back.href}>{back.label}</LinkButton>} />
      ) : (
        <Loading what="the draft" />
      )}
    </Page>
  );
}

/** What must be mended before anything is signed, each with the way to its step. */
export function Obstacles<S extends string>(props: {
  problems: readonly { path: string; step: S; message: string; fix: string }[];
  stepTitle: (step: S) => string;
  onStep: (step: S) => void;
}) {
  const { problems, stepTitle, onStep } = props;
  return (
    <Verdict
      severity="bad"
      title={
        problems.length === 1 ? 'One thing stands in the way.' : `${problems.length} things stand in the way.`
      }
    >
      <ul className="plain-list stack-tight">
        {problems.map((problem) => (
          <li key={`${problem.path} ${problem.message}`} className="row-wrap">
            <span>
              {problem.message} {problem.fix}
            </span>
            <button type="button" className="button-link" onClick={() => onStep(problem.step)}>
              Go to {stepTitle(problem.step)}
            </button>
          </li>
        ))}
      </ul>
    </Verdict>
  );
}

/** The job at the end of a wizard. `onEnd(true)`: the review is asked anew. `onFailed`: it ended, and its error stays to be read. */
export function WizardJob(props: {
  id: string;
  onEnd: (again: boolean) => void;
  onFailed: () => void;
  onDone: () => void;
}) {
  return (
    <JobProgress
      id={props.id}
      onRetry={() => props.onEnd(true)}
      onEnd={(ended) => {
        if (ended.state === 'failed') return props.onFailed();
        props.onEnd(ended.state === 'cancelled');
        if (ended.state === 'done') props.onDone();
      }}
    />
  );
}
