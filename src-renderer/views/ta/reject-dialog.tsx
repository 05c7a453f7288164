/** Why a request is not signed: onto the record, and as a text for whoever runs the proxy. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm, whyNotReason } from '../../components/dialog-form.tsx';
import { CopyButton } from '../../components/hex-value.tsx';
import { TextField } from '../../components/text-field.tsx';

export function RejectDialog(props: { id: string; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Reject this request" size="wide">
      <Body {...props} />
    </Dialog>
  );
}

function Body({ id, onClose }: { id: string; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [text, setText] = useState<string | null>(null);
  const reject = useAction('ta.reject', async () => {
    setText((await call('ta.reject', { id, reason })).text);
  });
  if (text !== null)
    return (
      <>
        <p className="dim">Send this to the operator of the proxy:</p>
        <pre className="mono wrap small">{text}</pre>
        <div className="dialog-foot">
          <CopyButton text={text} what="Text" />
          <Button kind="primary" onPress={() => navigate('trust-anchor')}>
            Close the review
          </Button>
        </div>
      </>
    );
  return (
    <DialogForm action={reject} why={whyNotReason(reason)} verb="Reject" onClose={onClose}>
      <TextField label="Reason" lines={3} value={reason} onChange={setReason} autoFocus maxLength={1000} />
    </DialogForm>
  );
}
