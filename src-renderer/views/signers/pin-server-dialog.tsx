/** The certificate that a KMIP server showed to the doctor, pinned once a person has compared its fingerprint. Pending then. */
import { useState } from 'react';
import type { DoctorReport } from '#shared/contract/signer-doctor.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { compareGroups, FingerprintBoard } from '../../components/fingerprint-board.tsx';

interface PinServerProps {
  id: string;
  name: string;
  revision: number;
  certificate: NonNullable<DoctorReport['certificate']>;
  onClose: () => void;
}

export function PinServerDialog({ open, ...props }: PinServerProps & { open: boolean }) {
  return (
    <Dialog open={open} onClose={props.onClose} title={`Pin the certificate of “${props.name}”`} size="wide">
      <Body {...props} />
    </Dialog>
  );
}

function Body({ id, revision, certificate, onClose }: PinServerProps) {
  const [typed, setTyped] = useState('');
  const { sha256, subject } = certificate;
  const pin = useAction('signers.pinServer', async () => {
    await call('signers.pinServer', { revision, id, sha256: typed });
    showToast('It is pinned once the changes are applied');
    onClose();
  });
  return (
    <DialogForm
      action={pin}
      why={
        compareGroups(sha256, typed).complete ? null : 'Type the whole fingerprint as the other side has it'
      }
      verb="Pin it"
      onClose={onClose}
    >
      <p className="wrap">
        The server showed the certificate of {subject}. From then on it must show this one and no other,
        whoever signed it. Read the fingerprint on the server itself, or have its operator read it to you.
      </p>
      <FingerprintBoard sha256={sha256} notations={[]} onType={setTyped} />
    </DialogForm>
  );
}
