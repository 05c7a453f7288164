/**
 * Dialogs: a plain one, and the confirmation before something is lost. A confirmation names what is lost and
 * repeats the verb on its button; where it matters, a word must be typed.
 */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { ChannelName } from '#shared/contract/index.ts';
import { useAction } from '../app/use-action.ts';
import { Button } from './button.tsx';
import { DropGuard } from './drop-zone.tsx';
import { useEscapeFromNowhere, useFocusBack } from './focus-back.ts';
import { ErrorState } from './state-box.tsx';
import { TextField } from './text-field.tsx';

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Buttons, the verb last. */
  foot?: ReactNode;
  size?: 'normal' | 'wide';
  /** For a question that must be answered: Escape still cancels. */
  alert?: boolean;
}

export function Dialog(props: DialogProps) {
  useFocusBack(props.open);
  const overlay = useEscapeFromNowhere(props.open, props.onClose);
  return (
    <ModalOverlay
      ref={overlay}
      className="modal-shade"
      isOpen={props.open}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
      isDismissable={!props.alert}
    >
      <Modal className="modal" data-size={props.size ?? 'normal'}>
        <AriaDialog className="dialog" role={props.alert ? 'alertdialog' : 'dialog'}>
          <Heading slot="title" level={2}>
            {props.title}
          </Heading>
          <DropGuard why="Close the dialog first">{props.children}</DropGuard>
          {props.foot === undefined ? null : <div className="dialog-foot">{props.foot}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The foot of a dialog whose work is done. */
export function CloseFoot({ onClose }: { onClose: () => void }) {
  return (
    <div className="dialog-foot">
      <Button kind="primary" onPress={onClose}>
        Close
      </Button>
    </div>
  );
}

/** Digits are read and typed in groups; case and spaces say nothing. */
function plain(text: string): string {
  return text.replaceAll(/[\s:]/g, '').toUpperCase();
}

export interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  /** The question: "Destroy this key?" */
  title: string;
  /** What is lost, one line each. */
  lost: readonly ReactNode[];
  children?: ReactNode;
  /** "Destroy key", never "OK". */
  verb: string;
  keep?: string;
  /** Must be typed before the verb can be pressed. */
  typed?: { text: string; label: string };
  /** Something else is still missing. */
  why?: string | null;
  channel: ChannelName;
  onConfirm: () => Promise<unknown>;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  // The body is new with each opening, and with it what was typed and what was refused.
  return (
    <Dialog open={props.open} onClose={props.onClose} title={props.title} alert>
      <ConfirmBody {...props} />
    </Dialog>
  );
}

function ConfirmBody(props: ConfirmDialogProps) {
  const [typed, setTyped] = useState('');
  const action = useAction(props.channel, props.onConfirm);
  const missing =
    props.typed && plain(typed) !== plain(props.typed.text) ? `Type ${props.typed.text} to confirm` : null;
  const confirm = async (): Promise<void> => {
    if (await action.run()) props.onClose();
  };
  return (
    <>
      {props.children}
      <ul className="lost">
        {props.lost.map((line, index) => (
          <li key={index}>{line}</li>
        ))}
      </ul>
      {props.typed ? (
        <TextField label={props.typed.label} value={typed} onChange={setTyped} mono autoFocus />
      ) : null}
      {action.error ? <ErrorState error={action.error} /> : null}
      <div className="dialog-foot">
        <Button onPress={props.onClose} autoFocus={!props.typed}>
          {props.keep ?? 'Cancel'}
        </Button>
        <Button
          kind="danger"
          busy={action.busy}
          whyDisabled={props.why ?? missing}
          onPress={() => void confirm()}
        >
          {props.verb}
        </Button>
      </div>
    </>
  );
}
