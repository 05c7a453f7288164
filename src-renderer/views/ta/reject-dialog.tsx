/** Why a request is not signed: onto the record, and as a text for whoever runs the proxy. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm, whyNotReason } from '../../components/dialog-form.tsx';
import { CopyButton } from '../../components/hex-value.tsx';
import { SaveTo } from '../../components/save-to.tsx';
import { Dated } from '../../components/dated.tsx';
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
  const [said, setSaid] = useState<{ text: string; rejection: string } | null>(null);
  const [writing, setWriting] = useState(false);
  const reject = useAction('ta.reject', async () => {
    setSaid(await call('ta.reject', { id, reason }));
  });
  if (said !== null)
    return (
      <>
        <p className="dim">Bring this to the operator of the proxy, who withdraws the request:</p>
        <pre className="mono wrap small">
          <Dated text={said.text} />
        </pre>
        {writing ? (
          <SaveTo
            channel="ta.rejectionExport"
            purpose="export"
            suggestedName="rejection.txt"
            verb="Write"
            write={async (target, overwrite) => {
              await call('ta.rejectionExport', { rejection: said.rejection, target, overwrite });
              showToast('rejection.txt is written, and was read back');
              setWriting(false);
            }}
            onClose={() => setWriting(false)}
          />
        ) : (
          <div className="dialog-foot">
            <CopyButton text={said.text} what="Text" />
            <Button onPress={() => setWriting(true)}>Write it…</Button>
            <Button kind="primary" onPress={() => navigate('trust-anchor')}>
              Close the review
            </Button>
          </div>
        )}
      </>
    );
  return (
    <DialogForm action={reject} why={whyNotReason(reason)} verb="Reject" onClose={onClose}>
      <TextField label="Reason" lines={3} value={reason} onChange={setReason} autoFocus maxLength={1000} />
    </DialogForm>
  );
}
