/** Connecting with a Krill: its address, its certificate compared by a person and pinned, its token, its limit. */
import { useEffect, useRef } from 'react';
import type { KrillLink } from '#shared/contract/ta-net.ts';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { NumberField, SecretField, TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { KrillCertificate } from './krill-certificate.tsx';
import { type KrillForm, useKrillForm } from './use-krill-form.ts';

export function KrillConnectDialog(props: { link: KrillLink | null; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Connect a Krill" size="wide">
      <Body {...props} />
    </Dialog>
  );
}

function tokenHelp({ keepsToken, isSocket }: KrillForm): string {
  if (keepsToken) return 'Empty keeps the present one.';
  return isSocket
    ? 'Not needed where the socket is enough.'
    : 'admin_token of its krill.conf. It is kept in the encrypted workspace and never shown again.';
}

function Body({ link, onClose }: { link: KrillLink | null; onClose: () => void }) {
  const form = useKrillForm(link, onClose);
  const { typed, change, connect } = form;
  const progress = useRef<HTMLDivElement>(null);
  // The form is longer than the window: what comes of it must be in sight.
  useEffect(() => {
    // Newer Chromium answers a promise, and an effect must not.
    void progress.current?.scrollIntoView({ block: 'nearest' });
  }, [connect.running]);
  return (
    <DialogForm
      action={{ ...connect.action, busy: connect.running }}
      why={form.why}
      verb="Connect"
      onClose={onClose}
    >
      <TextField
        label="Address"
        mono
        value={typed.server}
        onChange={(server) => change({ server })}
        help="https://host:port/ or, on this machine, unix:///run/krill/krill.sock"
      />
      {form.isSocket ? (
        <Notice severity="note">
          A socket on this machine: the operating system says who may use it, and no certificate is needed.
        </Notice>
      ) : (
        <KrillCertificate form={form} />
      )}
      <SecretField
        label="Token"
        mono
        value={typed.token}
        onChange={(token) => change({ token })}
        help={tokenHelp(form)}
      />
      <NumberField
        label="post_limit_api"
        unit="octets"
        value={typed.limit}
        onChange={(limit) => change({ limit })}
        explain="The largest message Krill takes, from its krill.conf. A response grows with the number of certificates; one that comes near the limit is named before it is sent."
      />
      {connect.progress === null ? null : <div ref={progress}>{connect.progress}</div>}
    </DialogForm>
  );
}
