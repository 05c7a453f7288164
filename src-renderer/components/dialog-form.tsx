/** A form inside a dialog: Enter submits, the refusal stands above the two buttons, and the verb says why it waits. */
import type { ReactNode } from 'react';
import type { Action } from '../app/use-action.ts';
import { Button } from './button.tsx';
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
  children: ReactNode;
}

export function DialogForm({ action, why, verb, onClose, saidByField, children }: DialogFormProps) {
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (why === null) void action.run();
      }}
    >
      {children}
      {action.error && !saidByField ? <ErrorState error={action.error} /> : null}
      <div className="dialog-foot">
        <Button onPress={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={action.busy} whyDisabled={why}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
