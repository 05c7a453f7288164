/** Step 4: the names a leaf is good for, or those below which an authority may certify. */
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { isAuthority, problemOf, type StepProps } from './issue-model.ts';

const FIELDS: readonly {
  name: keyof IssueDraft['names'];
  label: string;
  placeholder: string;
  help: string;
}[] = [
  {
    name: 'dns',
    label: 'DNS names',
    placeholder: 'postgres.internal, *.example.net',
    help: 'A wildcard stands for one label only.',
  },
  {
    name: 'ip',
    label: 'IP addresses',
    placeholder: '10.0.0.20, fd00::20',
    help: 'For clients that connect by address.',
  },
  {
    name: 'uri',
    label: 'URIs',
    placeholder: 'spiffe://example.org/ns/web',
    help: 'SPIFFE ids and the like.',
  },
  { name: 'email', label: 'E-mail addresses', placeholder: 'pki@example.net', help: 'For people and mail.' },
];

const HOST = /^(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;

/** The common name where it reads as a host name; programs do not look at it, so it belongs among the DNS names as well. */
function hostOf({ subject }: IssueDraft): string | null {
  const name = subject.findLast(({ type }) => type === 'CN')?.value.trim() ?? '';
  return HOST.test(name) && !/^[\d.]+$/.test(name) ? name : null;
}

function isListed({ names }: IssueDraft, host: string): boolean {
  return names.dns
    .toLowerCase()
    .split(/[\s,;]+/)
    .includes(host.toLowerCase());
}

export function StepNames({ data, change, problems }: StepProps) {
  if (isAuthority(data.purpose))
    return (
      <>
        <TextField
          label="Names it may certify"
          optional
          mono
          lines={3}
          value={data.namesPermitted}
          onChange={(namesPermitted) => change({ namesPermitted })}
          error={problemOf(problems, 'namesPermitted')}
          placeholder="example.net, 10.0.0.0/8"
          help="DNS suffixes and networks, with commas between. Empty: any name."
          explain="Name constraints are written into the certificate: whatever is signed below it for another name is rejected by every program, even if this authority's key is stolen."
        />
        {data.namesPermitted.trim() === '' ? (
          <Notice severity="note">
            Without constraints it can certify any name in the world for those who trust it.
          </Notice>
        ) : null}
      </>
    );
  const host = hostOf(data);
  return (
    <>
      <p className="dim">
        Programs compare the name they connect to with this list and look at nothing else. Commas or lines
        between entries; what kind an entry is, is recognised.
      </p>
      {FIELDS.map((field) => (
        <TextField
          key={field.name}
          label={field.label}
          optional={field.name !== 'dns'}
          mono
          lines={field.name === 'dns' ? 3 : 2}
          value={data.names[field.name]}
          onChange={(text) => change({ names: { ...data.names, [field.name]: text } })}
          error={problemOf(problems, `names.${field.name}`)}
          placeholder={field.placeholder}
          help={field.help}
          maxLength={20_000}
        />
      ))}
      {host === null ? null : (
        <p>
          <Button
            // It stays, so that the focus does.
            whyDisabled={isListed(data, host) ? 'It is among the DNS names' : null}
            onPress={() => {
              const dns = [host, data.names.dns.trim()].filter((text) => text !== '').join(', ');
              change({ names: { ...data.names, dns } });
            }}
          >
            Add the common name, {host}
          </Button>
        </p>
      )}
    </>
  );
}
