/** The settings of a KMIP signer: server, how it is known, who we are; limits are folded (H-008 to H-011). */
import { inFours } from '#shared/fingerprint-text.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/choices.tsx';
import { PathField } from '../../components/path-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { Advanced } from './advanced.tsx';
import type { FormProps } from './form-props.ts';
import { NumberFields, RetryFields } from './number-fields.tsx';
import type { NumberLine } from './number-fields.tsx';
import { SecretFields } from './secret-fields.tsx';

type PathName = 'serverCertPath' | 'serverCaCertPath' | 'clientCertPath' | 'clientCertPrivateKeyPath';

const PATHS: Record<PathName, { label: string; help: string; purpose: 'certificate' | 'key'; what: string }> =
  {
    serverCaCertPath: {
      label: 'CA of the server (server_ca_cert_path)',
      help: 'PEM. The server must show a certificate that this CA signed.',
      purpose: 'certificate',
      what: 'the CA of the server',
    },
    serverCertPath: {
      label: 'Certificate of the server (server_cert_path)',
      help: 'PEM. The server must show exactly this one.',
      purpose: 'certificate',
      what: 'the certificate of the server',
    },
    clientCertPath: {
      label: 'Our certificate (client_cert_path)',
      help: 'PEM. Together with its key, or neither.',
      purpose: 'certificate',
      what: 'our certificate',
    },
    clientCertPrivateKeyPath: {
      label: 'Its key (client_cert_private_key_path)',
      help: 'PEM. It is read when the server is contacted and copied nowhere.',
      purpose: 'key',
      what: 'the key of our certificate',
    },
  };

function ServerFile({ name, form, change, problems }: FormProps & { name: PathName }) {
  return (
    <PathField
      {...PATHS[name]}
      optional
      value={form[name]}
      onChange={(path) => change({ [name]: path })}
      error={problems[`settings.${name}`]}
    />
  );
}

const PORT: readonly NumberLine[] = [{ name: 'port', label: 'Port' }];
const LIMIT_LINES: readonly NumberLine[] = [
  { name: 'connectTimeoutSeconds', label: 'connect_timeout_seconds', unit: 's', zero: 'ten minutes' },
  { name: 'readTimeoutSeconds', label: 'read_timeout_seconds', unit: 's', zero: 'ten minutes' },
  { name: 'writeTimeoutSeconds', label: 'write_timeout_seconds', unit: 's', zero: 'ten minutes' },
  {
    name: 'maxUseSeconds',
    label: 'max_use_seconds',
    unit: 's',
    help: 'A connection is closed after this. Krill’s code reads max_lifetime_seconds instead. 0: never. Usual: 1800',
  },
  { name: 'maxIdleSeconds', label: 'max_idle_seconds', unit: 's', zero: 'no limit' },
  {
    name: 'maxConnections',
    label: 'max_connections',
    help: 'Krill’s code takes max_response_bytes for it by mistake. Usual: 5',
  },
  { name: 'maxResponseBytes', label: 'max_response_bytes', unit: 'octets' },
];

function Server(props: FormProps) {
  const { form, change, problems } = props;
  return (
    <div className="form-pair">
      <TextField
        label="Host"
        mono
        value={form.host}
        onChange={(host) => change({ host })}
        error={problems['settings.host']}
        placeholder="kmip.example.net"
        help="Its certificate must be for this name."
      />
      <NumberFields {...props} lines={PORT} />
    </div>
  );
}

function Exceptions({ form, change }: FormProps) {
  return (
    <>
      <Checkbox value={form.insecure} onChange={(insecure) => change({ insecure })}>
        insecure: do not check the certificate of the server
      </Checkbox>
      {form.insecure ? (
        <Notice severity="bad">
          Whoever sits between can pose as the server, read the password and make signatures. A red banner
          stays on every screen while this is on. Use it for a first try, never for keys that matter.
        </Notice>
      ) : null}
      <Checkbox value={form.force} onChange={(force) => change({ force })}>
        force: use the server although it does not announce all operations
      </Checkbox>
      {form.force ? (
        <Notice severity="careful">
          Some servers can more than they say: PyKMIP does not announce Modify Attribute and does it all the
          same. With a server that really lacks an operation, keys may be made and then not be used.
        </Notice>
      ) : null}
    </>
  );
}

export function KmipFields(props: FormProps & { stored: boolean }) {
  const { form, change, problems } = props;
  return (
    <>
      <Server {...props} />
      <ServerFile {...props} name="serverCaCertPath" />
      <div className="form-pair">
        <ServerFile {...props} name="clientCertPath" />
        <ServerFile {...props} name="clientCertPrivateKeyPath" />
      </div>
      <TextField
        label="User name"
        optional
        value={form.username}
        onChange={(username) => change({ username })}
        maxLength={256}
        error={problems['settings.username']}
        help="Only where the server asks for one beside the certificate."
      />
      {form.username === '' ? null : <SecretFields {...props} />}
      <Exceptions {...props} />
      <Advanced
        summary="Advanced: one certificate only, limits and retries"
        problems={problems}
        holds={['serverCertPath', 'connect', 'read', 'write', 'max', 'retry', 'backoff']}
      >
        {form.serverSha256 === null ? null : (
          <Notice severity="note">
            <span className="wrap">
              Pinned: the server must show the certificate with SHA-256{' '}
              <span className="mono">{inFours(form.serverSha256)}</span>.
            </span>{' '}
            <Button size="small" onPress={() => change({ serverSha256: null })}>
              Forget the pin
            </Button>
          </Notice>
        )}
        <ServerFile {...props} name="serverCertPath" />
        <NumberFields {...props} lines={LIMIT_LINES} />
        <RetryFields {...props} />
      </Advanced>
    </>
  );
}
