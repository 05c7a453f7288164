/** The times of what is made from now on. What is frozen after set-up says why it is. */
import { useState } from 'react';
import type { SignerView } from '#shared/contract/ta.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { Time } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';
import { TimingFields } from './timing-fields.tsx';

export function TimingDialog(props: { signer: SignerView; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Times of the trust anchor" size="wide">
      <Body {...props} />
    </Dialog>
  );
}

function Body({ signer, onClose }: { signer: SignerView; onClose: () => void }) {
  const [timing, setTiming] = useState(signer.timing);
  const set = useAction('ta.setTiming', async () => {
    const { certificateValidityYears: _frozen, ...changeable } = timing;
    await call('ta.setTiming', { timing: changeable });
    onClose();
  });
  const fields = set.error?.details.fields ?? [];
  return (
    <DialogForm
      action={set}
      why={JSON.stringify(timing) === JSON.stringify(signer.timing) ? 'Nothing is changed yet' : null}
      verb="Use these times"
      onClose={onClose}
    >
      <Notice severity="note">
        Keep them equal to the proxy's, which tells the children by its own. The TA certificate lasts from{' '}
        <Time at={signer.certificate.notBefore} /> until <Time at={signer.certificate.notAfter} />
        {signer.certificate.ended ? ', and has ended' : ''}; only a reissue changes that. The key and its
        signer never change: relying parties have the key in the TAL.
      </Notice>
      <TimingFields
        without="certificateValidityYears"
        timing={timing}
        onChange={setTiming}
        problemOf={(field) => fields.find(({ path }) => path === `timing.${field}`)?.message ?? null}
      />
    </DialogForm>
  );
}
