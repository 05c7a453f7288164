/** Another manifest number than the next one: upwards only, with its reason on record (T-014). */
import { useState } from 'react';
import { useAction } from '../../app/use-action.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm, whyNotReason } from '../../components/dialog-form.tsx';
import { NumberField, TextField } from '../../components/text-field.tsx';

export interface NumberDialogProps {
  /** The next one: it comes without this dialog, and nothing below it is allowed. */
  lowest: string;
  open: boolean;
  onClose: () => void;
  onChosen: (number: { value: string; reason: string }) => void;
}

export function NumberDialog(props: NumberDialogProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Choose the manifest number">
      <Body {...props} />
    </Dialog>
  );
}

function Body({ lowest, onClose, onChosen }: NumberDialogProps) {
  const [value, setValue] = useState(lowest);
  const [reason, setReason] = useState('');
  const choose = useAction('ta.approve', async () => {
    onChosen({ value: value.trim(), reason: reason.trim() });
    onClose();
  });
  const typed = value.trim();
  const wrong = !/^\d+$/.test(typed)
    ? 'Write a whole number'
    : typed.length > 19
      ? 'Write at most 19 digits'
      : BigInt(typed) < BigInt(lowest)
        ? `Choose more than ${lowest}: relying parties refuse a number that goes back`
        : BigInt(typed) === BigInt(lowest)
          ? `${lowest} comes next anyway: choose more, or cancel`
          : null;
  const why = wrong ?? whyNotReason(reason);
  return (
    <DialogForm action={choose} why={why} verb="Use this number" onClose={onClose}>
      <NumberField
        label="Number"
        value={value}
        onChange={setValue}
        autoFocus
        error={value === lowest ? null : wrong}
      />
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        maxLength={300}
        help="It goes into the audit with the response."
      />
    </DialogForm>
  );
}
