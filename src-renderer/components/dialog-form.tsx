/** A form inside a dialog: Enter submits, the refusal stands above the two buttons, and the verb says why it waits, pressed or not. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Action } from '../app/use-action.ts';
import { Button } from './button.tsx';
import { goToFirstWrong } from './first-wrong.ts';
import { ErrorState } from './state-box.tsx';

export interface DialogFormProps {
  action: Action<[]>;
  /** Why it cannot be submitted yet; null when it can. */
  why: string | null;
  /** "Rename", never "OK". */
  verb: string;
  onClose: () => void;
  /** A field says the refusal itself. */
  saidByField?: boolean;
  /** Something is lost by it. */
  danger?: boolean;
  /** What runs is not left by closing the dialog. */
  stays?: boolean;
  children: ReactNode;
}

/** Why a reason that goes into the audit is not one yet; null when it is. */
export const whyNotReason = (text: string): string | null =>
  text.trim() === '' ? 'Write why' : text.trim().length < 3 ? 'Write why in three letters or more' : null;

export function DialogForm(props: DialogFormProps) {
  const { action, why, verb, onClose, saidByField, danger, stays, children } = props;
  const [pressed, setPressed] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const refusal = useRef<HTMLDivElement>(null);
  const { error } = action;
  useEffect(() => {
    if (error === null) return;
    if (saidByField) return void goToFirstWrong(form.current);
    // The form may be longer than the window, and after a job the button that was pressed is gone with its focus.
    void refusal.current?.scrollIntoView({ block: 'nearest' });
    if (refusal.current?.closest('form')?.contains(document.activeElement) === false)
      refusal.current.focus({ preventScroll: true });
  }, [error]);
  return (
    <form
      ref={form}
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        // A dialog opened from inside a form is no part of it.
        event.stopPropagation();
        setPressed(why !== null);
        if (why === null) void action.run();
      }}
    >
      {children}
      {error && !saidByField ? (
        <div ref={refusal} tabIndex={-1}>
          <ErrorState error={error} />
        </div>
      ) : null}
      <div className="dialog-foot">
        {pressed && why !== null ? (
          <span className="dialog-why" role="status">
            {why}.
          </span>
        ) : null}
        <Button whyDisabled={stays && action.busy ? 'Wait for its end' : null} onPress={onClose}>
          Cancel
        </Button>
        <Button kind={danger ? 'danger' : 'primary'} type="submit" busy={action.busy} whyDisabled={why}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
