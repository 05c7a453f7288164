/** The steps of the signer's draft in their frame: saved when left, judged by main before the next, made as a job. */
import type { DraftOf } from '#shared/contract/drafts.ts';
import type { SignerStep } from '#shared/contract/ta-setup.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { Obstacles, WizardJob } from '../../components/draft-page.tsx';
import { useCrumb } from '../../components/page.tsx';
import { isSoftHsm, useSigners } from '../../components/signer-choice.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { Notice, Verdict } from '../../components/verdict.tsx';
import { WizardFrame } from '../../components/wizard-frame.tsx';
import { SIGNER_STEPS, signerStepIndex } from './signer-model.ts';
import { SignerFiles } from './signer-files.tsx';
import { StepKeyChoice, StepLocations, StepProxy, StepRepository, StepTiming } from './signer-steps.tsx';
import { type SignerState, useSignerDraft } from './use-signer-draft.ts';

const TITLE = 'Trust anchor signer';

function Review({ state }: { state: SignerState }) {
  const { review, all, look, go } = state;
  if (review === null)
    return look.error ? (
      <ErrorState error={look.error} onRetry={() => void look.run()} />
    ) : (
      <Loading what="the review" />
    );
  if (all.length > 0)
    return (
      <Obstacles
        problems={all}
        stepTitle={(step) => SIGNER_STEPS[signerStepIndex(step)]?.title ?? ''}
        onStep={go}
      />
    );
  return (
    <>
      <Verdict
        severity="good"
        title="It can be set up."
        checks={[
          review.proxyHere
            ? { ok: null, text: 'the proxy is that of this workspace: nothing was compared' }
            : { ok: true, text: 'the proxy is the one you compared' },
          { ok: true, text: 'URIs, times and number fit together' },
        ]}
      />
      <PracticeToken chosen={state.data.signer} />
      <Card title="What will be made">
        <KeyValue
          items={review.lines.map((line, at) => [
            line.label,
            <span key={`${line.label} ${at}`}>
              <span className="wrap">{line.value}</span> <span className="quiet">{line.note}</span>
            </span>,
          ])}
        />
      </Card>
    </>
  );
}

function Body({ state, current }: { state: SignerState; current: SignerStep }) {
  const { data, change, take, problems, onReading, job } = state;
  const props = { data, change, take, problems, onReading };
  if (job !== null)
    return (
      <WizardJob
        id={job}
        onEnd={(again) => state.endJob(again)}
        onFailed={state.failJob}
        onDone={() => state.go('result')}
      />
    );
  switch (current) {
    case 'proxy':
      return <StepProxy {...props} />;
    case 'repository':
      return <StepRepository {...props} />;
    case 'locations':
      return <StepLocations {...props} />;
    case 'timing':
      return <StepTiming {...props} />;
    case 'key':
      return <StepKeyChoice {...props} />;
    case 'review':
      return <Review state={state} />;
    case 'result':
      return null;
  }
}

/** What has to be backed up, by where the TA key was made. Nothing is said before that is known. */
function WhereKeysAre() {
  const holder = useQuery('ta.signer', {}, ['ta', 'keys', 'signers']).data?.signer?.signer ?? null;
  if (holder === null) return null;
  return holder === 'software'
    ? 'The keys are in this workspace. Back it up now: without them the trust anchor is lost.'
    : `The TA key is on “${holder}”. Back up “${holder}” by its own means and this workspace together, now: without either of them the trust anchor is lost. A backup of the workspace does not hold what is on a device.`;
}

/** A token in software to practise with is no place for a key that can never be changed. */
function PracticeToken({ chosen }: { chosen: string | undefined }) {
  const { rows, defaultSigner } = useSigners();
  const holder = rows.find(({ id }) => id === (chosen ?? defaultSigner));
  if (holder === undefined || !isSoftHsm(holder)) return null;
  return (
    <Notice severity="careful">
      “{holder.name}” is SoftHSM: a token to practise with, which protects its keys like a file. The TA key
      can never be moved to another one. Choose a real device for a trust anchor that is to be used.
    </Notice>
  );
}

const steps = ({ reached, all }: SignerState, current: SignerStep) =>
  SIGNER_STEPS.map(({ id, title }, at) => ({
    id,
    title,
    done: current === 'result' || (at < reached && id !== current),
    wrong: current !== 'result' && at < reached && all.some((problem) => problem.step === id),
  }));

export function SignerWizard(props: {
  draft: DraftOf<'ta.signer'>;
  step: string | undefined;
  signed: boolean;
  reload: () => void;
}) {
  const { draft, signed, reload } = props;
  // The result is reached by setting up only.
  const asked = Math.min(signerStepIndex(props.step ?? draft.step), 5);
  const current: SignerStep = SIGNER_STEPS[Math.max(0, asked)]?.id ?? 'proxy';
  const state = useSignerDraft(draft, current);
  const { leave, start, review } = state;
  const unsaved = leave.error ?? state.keptError;
  useCrumb(TITLE);
  if (signed)
    return (
      <div className="page">
        <WizardFrame
          title={TITLE}
          current="result"
          heading="The signer is set up"
          arrived
          steps={steps(state, 'result')}
          note={<WhereKeysAre />}
          cancel={null}
        >
          <SignerFiles />
        </WizardFrame>
      </div>
    );
  const reviewing = current === 'review';
  return (
    <div className="page">
      <WizardFrame
        title={TITLE}
        current={current}
        heading={SIGNER_STEPS[signerStepIndex(current)]?.heading ?? ''}
        steps={steps(state, current)}
        onStep={(id) => void leave.run(id as SignerStep)}
        onBack={current === 'proxy' || state.running ? null : () => void leave.run(state.previous)}
        onNext={() => void (reviewing ? start.run() : leave.run(state.next))}
        nextLabel={reviewing ? 'Make the trust anchor' : 'Next'}
        whyNotNext={
          reviewing && (review === null || review.digest === '') ? 'Mend what stands in the way first' : null
        }
        busy={state.busy}
        bar={reviewing}
        cancel={{
          channel: 'drafts.cancel',
          lost: ['What was typed and which files were chosen is discarded. No key was made.'],
          run: async () => {
            await call('drafts.cancel', { id: draft.id });
            navigate('trust-anchor');
          },
        }}
      >
        <Body state={state} current={current} />
        {unsaved ? (
          <ErrorState
            error={unsaved}
            action={
              unsaved.code === 'CONFLICT' ? <Button onPress={reload}>Load what is stored</Button> : null
            }
          />
        ) : null}
        {state.judge.error ? <ErrorState error={state.judge.error} /> : null}
        {start.error ? <ErrorState error={start.error} onRetry={() => state.endJob(true)} /> : null}
      </WizardFrame>
    </div>
  );
}
