/** Another manifest number than the next one: upwards only, with its reason on record (T-014). */
import { useState } from 'react';
import { useAction } from '../../app/use-action.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { NumberField, TextField } from '../../components/text-field.tsx';

export interface NumberDialogProps {
  /** The next one: nothing below it is allowed. */
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
  const digits = /^\d{1,19}$/.test(value.trim());
  const why = !digits
    ? 'Write a whole number'
    : BigInt(value.trim()) < BigInt(lowest)
      ? `Choose ${lowest} or more: relying parties refuse a number that goes back`
      : reason.trim().length < 3
        ? 'Write why'
        : null;
  return (
    <DialogForm action={choose} why={why} verb="Use this number" onClose={onClose}>
      <NumberField label="Number" value={value} onChange={setValue} autoFocus />
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
