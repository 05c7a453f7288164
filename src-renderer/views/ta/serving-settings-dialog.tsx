/** Where the trust anchor listens, what children are told instead, and whether by TLS. */
import { useState } from 'react';
import type { ServiceSettings } from '#shared/contract/ta-service.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { RadioCards, Select } from '../../components/choices.tsx';
import type { Option } from '../../components/choices.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { DialogForm } from '../../components/dialog-form.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { NumberField, parseNumber, TextField } from '../../components/text-field.tsx';
import { localText } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';

interface Props {
  settings: ServiceSettings;
  running: boolean;
  open: boolean;
  onClose: () => void;
}

export function ServingSettingsDialog(props: Props) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Where it serves" size="wide">
      <Body {...props} />
    </Dialog>
  );
}

/** Leaves of this workspace whose key is here; null while they are loaded. */
function useServerCertificates(): { options: Option<string>[] | null; failed: React.ReactNode } {
  const keys = useQuery('keys.list', { limit: 500 }, ['keys']);
  const leaves = useQuery('ca.certificates', { role: 'leaf', limit: 500 }, ['certificates']);
  const error = keys.error ?? leaves.error;
  if (!keys.data || !leaves.data)
    return { options: null, failed: error ? <ErrorState error={error} /> : null };
  const held = new Set(keys.data.rows.flatMap(({ certificates }) => certificates.map(({ id }) => id)));
  return {
    options: leaves.data.rows
      .filter(({ id, state }) => held.has(id) && (state === 'good' || state === 'renew'))
      .map(({ id, name, notAfter }) => ({ value: id, label: name, detail: `until ${localText(notAfter)}` })),
    failed: null,
  };
}

const isLoopback = (host: string): boolean => /^(127\.|::1$)/.test(host.trim());

function Body({ settings, running, onClose }: Props) {
  const [host, setHost] = useState(settings.host);
  const [port, setPort] = useState(String(settings.port));
  const [publicUri, setPublicUri] = useState(settings.publicUri ?? '');
  const [tls, setTls] = useState(settings.certificate !== null);
  const [certificate, setCertificate] = useState(settings.certificate);
  const { options, failed } = useServerCertificates();
  const number = parseNumber(port);
  const save = useAction('ta.setService', async () => {
    await call('ta.setService', {
      host: host.trim(),
      port: number ?? 0,
      publicUri: publicUri.trim() === '' ? null : publicUri.trim(),
      certificate: tls ? certificate : null,
    });
    showToast(running ? 'Kept; it takes effect with the next start' : 'Kept');
    onClose();
  });
  const wrongPort =
    number === null || !Number.isInteger(number) || number < 1 || number > 65_535
      ? 'Write a port from 1 to 65535'
      : null;
  const why =
    wrongPort !== null ? wrongPort : tls && certificate === null ? 'Choose a server certificate' : null;
  const error = (path: string): string | null => save.error?.fieldError(path) ?? null;
  const byField = ['host', 'port', 'publicUri'].some((path) => error(path) !== null);
  return (
    <DialogForm action={save} why={why} verb="Keep" onClose={onClose} saidByField={byField}>
      {running ? (
        <Notice severity="note">It is running. Stop and start it for new settings to take effect.</Notice>
      ) : null}
      <TextField
        label="Address of this machine"
        mono
        value={host}
        onChange={setHost}
        error={error('host')}
        help={
          isLoopback(host)
            ? 'Loopback: only programs on this machine reach it.'
            : 'Every machine that reaches this address can ask; only enrolled children are answered.'
        }
      />
      <NumberField label="Port" value={port} onChange={setPort} error={wrongPort ?? error('port')} />
      <TextField
        label="Public URI"
        optional
        mono
        value={publicUri}
        onChange={setPublicUri}
        placeholder="https://rpki.example.net/"
        error={error('publicUri')}
        explain="What children are told in their parent response, when a reverse proxy stands before this address. Whoever has the old URI goes on asking there."
      />
      <RadioCards
        label="Transport"
        value={tls ? 'tls' : 'plain'}
        onChange={(chosen) => setTls(chosen === 'tls')}
        options={[
          {
            value: 'plain',
            label: 'Plain HTTP',
            detail:
              'Messages are signed, so nobody can alter them; others can read them. Relying parties want https for the TA certificate: put a server with TLS before it.',
            ...(isLoopback(host) ? { tag: 'usual' } : {}),
          },
          {
            value: 'tls',
            label: 'TLS with a certificate of this workspace',
            detail: 'Children and relying parties must know the authority that issued it.',
          },
        ]}
      />
      {failed}
      {tls && options !== null ? (
        options.length === 0 ? (
          <Notice severity="careful">
            No server certificate with its key is in this workspace. Issue one under Certificates first.
          </Notice>
        ) : (
          <Select
            label="Server certificate"
            value={certificate}
            onChange={setCertificate}
            options={options}
          />
        )
      ) : null}
    </DialogForm>
  );
}
