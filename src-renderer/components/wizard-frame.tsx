/**
 * The frame of every wizard: steps on the left, one decision a step, Back and Next below. It stores nothing;
 * the view saves the draft before it moves on.
 */
import { Check } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { ChannelName } from '#shared/contract/index.ts';
import { Button } from './button.tsx';
import { ConfirmDialog } from './dialog.tsx';
import { DropGuard } from './drop-zone.tsx';

export interface WizardStep {
  id: string;
  title: string;
  /** Complete: it may be gone back to. */
  done?: boolean;
  /** Not complete, and may be gone to all the same. */
  open?: boolean;
  /** Complete and behind for good: it is no button. */
  fixed?: boolean;
  /** Something in it must be mended. */
  wrong?: boolean;
}

export interface WizardFrameProps {
  /** What is being made: "New authority". */
  title: string;
  steps: readonly WizardStep[];
  current: string;
  /** The heading of the present step. */
  heading: string;
  /** Tags beside the heading. */
  aside?: ReactNode;
  children: ReactNode;
  onStep?: (id: string) => void;
  onBack?: (() => void) | null;
  onNext?: (() => void) | null;
  nextLabel?: string;
  nextKind?: 'primary' | 'danger';
  whyNotNext?: string | null | undefined;
  busy?: boolean;
  /** It took the place of another frame of the same wizard: its heading is read, too. */
  arrived?: boolean;
  /** Quiet words beside Next. */
  footNote?: ReactNode;
  /** The next step is the dangerous one: Back and Next are a bar at the bottom of the window, apart from the steps. */
  bar?: boolean;
  /** Below the steps; the default is true for drafts kept in main. */
  note?: ReactNode;
  /** Missing or null: it can no longer be cancelled. */
  cancel?: { channel: ChannelName; lost: readonly ReactNode[]; run: () => Promise<unknown> } | null;
}

export function WizardFrame(props: WizardFrameProps) {
  const [cancelling, setCancelling] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(props.arrived ? null : props.current);
  useEffect(() => {
    // A new step is a new page: its heading takes the focus and is read.
    if (shown.current === props.current) return;
    shown.current = props.current;
    heading.current?.focus();
  }, [props.current]);

  const foot =
    props.onBack || props.onNext ? (
      <div className={props.bar ? 'action-bar wizard-bar' : 'wizard-foot'}>
        {props.onBack ? <Button onPress={props.onBack}>Back</Button> : null}
        <span className="quiet">{props.footNote}</span>
        {props.onNext ? (
          <Button
            kind={props.nextKind ?? 'primary'}
            type="submit"
            busy={props.busy === true}
            whyDisabled={props.whyNotNext}
          >
            {props.nextLabel ?? 'Next'}
          </Button>
        ) : null}
      </div>
    ) : null;
  return (
    <form
      className="wizard-form"
      aria-busy={props.busy === true}
      onSubmit={(event) => {
        event.preventDefault();
        if (!props.busy && !props.whyNotNext) props.onNext?.();
      }}
    >
      <div className="wizard">
        <div className="wizard-side">
          <p className="wizard-title">
            <b>{props.title}</b>
          </p>
          <ol className="steps" aria-label="Steps">
            {props.steps.map((step, index) => (
              <li key={step.id}>
                <Step
                  step={step}
                  number={index + 1}
                  current={step.id === props.current}
                  onPress={
                    (step.done || step.open) && !step.fixed && props.onStep && !props.busy
                      ? () => props.onStep?.(step.id)
                      : null
                  }
                />
              </li>
            ))}
          </ol>
          <div className="wizard-note">
            <p>{props.note ?? 'Saved while you type. Cancel leaves nothing behind.'}</p>
            {props.cancel ? (
              <Button size="small" kind="quiet" onPress={() => setCancelling(true)}>
                Cancel…
              </Button>
            ) : null}
          </div>
        </div>
        <div className="wizard-body">
          <div className="page-head">
            <h1 ref={heading} tabIndex={-1} data-page-heading>
              {props.heading}
            </h1>
            {props.aside === undefined ? null : <div className="page-actions">{props.aside}</div>}
          </div>
          {props.onNext ? (
            <DropGuard why="Leave the wizard first">{props.children}</DropGuard>
          ) : (
            props.children
          )}
          {props.bar ? null : foot}
        </div>
      </div>
      {props.bar ? foot : null}
      {props.cancel ? (
        <ConfirmDialog
          open={cancelling}
          onClose={() => setCancelling(false)}
          title={`Cancel “${props.title}”?`}
          lost={props.cancel.lost}
          verb="Cancel and discard"
          keep="Continue"
          channel={props.cancel.channel}
          onConfirm={props.cancel.run}
        />
      ) : null}
    </form>
  );
}

function Step(props: { step: WizardStep; number: number; current: boolean; onPress: (() => void) | null }) {
  const { step, current } = props;
  const state = step.wrong ? ', needs mending' : step.done ? ', done' : '';
  const inside = (
    <>
      <span className="step-mark" aria-hidden>
        {step.done && !step.wrong && !current ? <Check /> : step.wrong ? '!' : props.number}
      </span>
      <span className="step-label">
        {step.title}
        <span className="visually-hidden">{state}</span>
      </span>
    </>
  );
  const marks = {
    className: 'step',
    ...(step.done ? { 'data-done': true } : {}),
    ...(step.wrong ? { 'data-wrong': true } : {}),
    ...(current ? { 'aria-current': 'step' as const } : {}),
  };
  return props.onPress && !current ? (
    <button type="button" {...marks} onClick={props.onPress}>
      {inside}
    </button>
  ) : (
    <span {...marks}>{inside}</span>
  );
}
