/** The steps of one draft in their frame: saved when left, checked by main before the next, signed as a job. */
import type { DraftOf } from '#shared/contract/drafts.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { Button } from '../../components/button.tsx';
import { WizardJob } from '../../components/draft-page.tsx';
import { useCrumb } from '../../components/page.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { WizardFrame } from '../../components/wizard-frame.tsx';
import type { WizardStep } from '../../components/wizard-frame.tsx';
import { isAuthority, whatOf, type StepId, stepIndex, STEPS, wizardTitle } from './issue-model.ts';
import { StepKey } from './step-key.tsx';
import { StepNames } from './step-names.tsx';
import { StepPurpose } from './step-purpose.tsx';
import { StepResult } from './step-result.tsx';
import { StepReview } from './step-review.tsx';
import { StepValidity } from './step-validity.tsx';
import { type IssueState, useIssueDraft } from './use-issue-draft.ts';

export interface IssueWizardProps {
  draft: DraftOf<'ca.issue'>;
  step: string | undefined;
  /** The certificate, once it is signed. */
  result: string | null;
  /** Takes up what is stored in place of what was typed. */
  reload: () => void;
}

function stepsOf({ data, reached, review }: IssueState, current: StepId): WizardStep[] {
  const done = current === 'result';
  const index = stepIndex(current);
  return STEPS.map((step, at) => ({
    id: step.id,
    title: step.id === 'names' && isAuthority(data.purpose) ? 'Names it may certify' : step.title,
    // The review is done when it is signed, not when it was looked at; it can be gone back to all the same.
    done: done || (at <= reached && at !== index && step.id !== 'result' && step.id !== 'review'),
    ...(step.id === 'review' && !done && at <= reached && at !== index ? { open: true } : {}),
    wrong: !done && at < reached && review?.problems.some((problem) => problem.step === step.id) === true,
  }));
}

function ReviewBody({ state }: { state: IssueState }) {
  const { review, look } = state;
  if (review !== null) return <StepReview review={review} onStep={state.go} />;
  return look.error ? (
    <ErrorState error={look.error} onRetry={() => void look.run()} />
  ) : (
    <Loading what="the review" />
  );
}

/** The signature that is being made, or why it was not: above the review, which stays to be read. */
function SignJob({ state, job }: { state: IssueState; job: string }) {
  return (
    <WizardJob
      id={job}
      onEnd={(again) => state.endJob(again)}
      onFailed={state.failJob}
      onDone={() => state.go('result')}
    />
  );
}

function StepBody({ state, current }: { state: IssueState; current: StepId }) {
  const { data, change, problems, job } = state;
  const props = { data, change, problems };
  if (job !== null && current !== 'review') return <SignJob state={state} job={job} />;
  switch (current) {
    case 'purpose':
      return <StepPurpose {...props} rows={state.rows} onRows={state.setRows} />;
    case 'key':
      return (
        <StepKey
          {...props}
          from={state.keyFrom}
          onFrom={state.setKeyFrom}
          onRequest={(part) => state.takeRequest(part)}
        />
      );
    case 'validity':
      return <StepValidity {...props} />;
    case 'names':
      return <StepNames {...props} />;
    case 'review':
      return (
        <>
          {job === null ? null : <SignJob state={state} job={job} />}
          <ReviewBody state={state} />
        </>
      );
    case 'result':
      return null;
  }
}

/** Why the review cannot be signed now, or null. */
function whyNotSign({ review }: IssueState): string | null {
  if (review === null) return 'One moment';
  return review.problems.length > 0 ? 'Mend what stands in the way first' : null;
}

/** A source was chosen and nothing from it yet: going on would silently take the former choice. */
function whyNotKey({ keyFrom, data }: IssueState): string | null {
  if (keyFrom === data.key.from && !(data.key.from === 'existing' && data.key.key === '')) return null;
  return keyFrom === 'request' ? 'Choose the request first' : 'Choose the key first';
}

function Errors({ state, reload }: { state: IssueState; reload: () => void }) {
  const { leave, sign } = state;
  const unsaved = leave.error ?? state.keptError;
  return (
    <>
      {unsaved ? (
        <ErrorState
          error={unsaved}
          action={unsaved.code === 'CONFLICT' ? <Button onPress={reload}>Load what is stored</Button> : null}
        />
      ) : null}
      {sign.error ? <ErrorState error={sign.error} onRetry={() => state.endJob(true)} /> : null}
    </>
  );
}

/** What was signed stays: no Back, no Cancel. */
function Signed({ state, result }: { state: IssueState; result: string }) {
  return (
    <WizardFrame
      title={wizardTitle(state.data)}
      current="result"
      heading="It is signed"
      arrived
      steps={stepsOf(state, 'result')}
      note="What was signed stays. It can be renewed or forgotten, not unsigned."
      cancel={null}
    >
      <StepResult id={result} />
    </WizardFrame>
  );
}

export function IssueWizard({ draft, step, result, reload }: IssueWizardProps) {
  // The result is reached by signing only.
  const asked = Math.min(stepIndex(step ?? draft.step), 4);
  const current: StepId = STEPS[Math.max(0, asked)]?.id ?? 'purpose';
  const state = useIssueDraft(draft, current);
  const { data, leave } = state;
  const title = wizardTitle(data);
  useCrumb(title, isAuthority(data.purpose) ? 'authorities' : 'certificates');
  if (result !== null)
    return (
      <div className="page">
        <Signed state={state} result={result} />
      </div>
    );
  const reviewing = current === 'review';
  return (
    <div className="page">
      <WizardFrame
        title={title}
        current={current}
        heading={STEPS[stepIndex(current)]?.heading ?? ''}
        steps={stepsOf(state, current)}
        onStep={(id) => void leave.run(id as StepId)}
        onBack={current === 'purpose' || state.running ? null : () => void leave.run(state.previous)}
        onNext={() => void (reviewing ? state.sign.run() : leave.run(state.next))}
        nextLabel={reviewing ? `Sign ${whatOf(data)}` : 'Next'}
        whyNotNext={reviewing ? whyNotSign(state) : current === 'key' ? whyNotKey(state) : null}
        busy={state.busy}
        bar={reviewing}
        footNote={
          reviewing && state.review?.trial?.ok
            ? 'A trial signature with a throw-away key passed all checks'
            : null
        }
        cancel={{
          channel: 'drafts.cancel',
          lost: [
            'What was typed into this wizard is discarded. Nothing was signed yet, and no key was made.',
          ],
          run: async () => {
            await call('drafts.cancel', { id: draft.id });
            navigate(isAuthority(data.purpose) ? 'authorities' : 'certificates');
          },
        }}
      >
        <StepBody state={state} current={current} />
        <Errors state={state} reload={reload} />
      </WizardFrame>
    </div>
  );
}
