/** The TLS certificate a publication server is known by, typed as it was read there: for choosing it, and for another one later. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { TextField } from '../../components/text-field.tsx';

export function PinField(props: { value: string; onChange: (pin: string) => void; error: string | null }) {
  return (
    <TextField
      label="SHA-256 of the server's TLS certificate"
      optional
      mono
      lines={2}
      maxLength={200}
      help="64 hex digits; spaces and colons do not count. Empty: public certificate authorities vouch for the server."
      explain="A Krill on the same machine has a self-signed certificate, which nobody vouches for. Its fingerprint is read on that machine (openssl x509 -fingerprint -sha256) and typed here; no other certificate is accepted then."
      {...props}
    />
  );
}

function Body({ onClose }: { onClose: () => void }) {
  const [pin, setPin] = useState('');
  const keep = useAction('ta.proxyPin', async () => {
    await call('ta.proxyPin', { pin: pin.trim() === '' ? null : pin.trim() });
    showToast('The server shows this certificate; it is believed from now on');
    onClose();
  });
  const error = keep.error?.fieldError('pin') ?? null;
  return (
    <DialogForm
      action={keep}
      why={null}
      verb="Try and keep it"
      onClose={onClose}
      saidByField={error !== null}
    >
      <p>
        The server is asked with it first, and it is kept only when the server shows it. Where the trust
        anchor publishes stays as it is.
      </p>
      <PinField
        value={pin}
        onChange={(text) => {
          setPin(text);
          keep.clear();
        }}
        error={error}
      />
    </DialogForm>
  );
}

export function PinDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="The server's TLS certificate">
      <Body onClose={onClose} />
    </Dialog>
  );
}
