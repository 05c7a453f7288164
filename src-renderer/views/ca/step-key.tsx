/** Step 2: a new key, one that is here already, or the key of somebody's request. */
import { useEffect, useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { RadioCards, Select } from '../../components/choices.tsx';
import type { Option } from '../../components/choices.tsx';
import { SignerChoice, typeAmong, typesFor, useSigners } from '../../components/signer-choice.tsx';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { KEY_TYPES } from '../keys/key-words.ts';
import { isAuthority, problemOf, type StepProps } from './issue-model.ts';

export type KeyFrom = IssueDraft['key']['from'];
type RequestPart = Answer<'ca.readRequest'>;

function ExistingKey({ data, change }: StepProps) {
  const keys = useQuery('keys.list', { limit: 500 }, ['keys']);
  if (!keys.data)
    return keys.error ? <ErrorState error={keys.error} onRetry={keys.reload} /> : <Loading what="the keys" />;
  if (keys.data.rows.length === 0)
    return (
      <Notice severity="note">There is no key yet. Let the wizard make one, or import yours first.</Notice>
    );
  return (
    <Select
      label="Key"
      value={data.key.from === 'existing' && data.key.key !== '' ? data.key.key : null}
      onChange={(key) => change({ key: { from: 'existing', key } })}
      options={keys.data.rows.map((row) => ({
        value: row.id,
        label: `${row.label} (${row.key.text})`,
        detail: row.owner === '' ? 'not used yet' : `used by ${row.owner}`,
      }))}
    />
  );
}

/** What the draft has of the request, so that nobody wonders where the typed subject went. */
function Taken({ data, name }: { data: IssueDraft; name: string }) {
  const subject = data.subject.map(({ type, value }) => `${type}=${value}`).join(', ');
  const names = Object.values(data.names).filter((list) => list !== '');
  return (
    <>
      <b className="wrap">{name}</b>
      <br />
      <span className="wrap">
        Its key, its subject ({subject === '' ? 'empty' : subject}) and its names (
        {names.length === 0 ? 'none' : names.join(', ')}) are taken; nothing else it asks for is.
      </span>
    </>
  );
}

function RequestFile({ data, onRequest }: { data: IssueDraft; onRequest: (part: RequestPart) => void }) {
  const [share, setShare] = useState<number | null>(null);
  const take = useAction('ca.readRequest', async (file: File) => {
    setShare(0);
    try {
      const blob = await uploadBlob(file, { use: 'key', onProgress: setShare });
      onRequest(await call('ca.readRequest', { blob }));
    } finally {
      setShare(null);
    }
  });
  useFileTaker('Use as the request', (file) => void take.run(file));
  return (
    <>
      <FileChooser
        buttonLabel={data.key.from === 'request' ? 'Choose another request…' : 'Choose a request (CSR)…'}
        onFile={(file) => void take.run(file)}
        busy={take.busy}
        share={share}
      >
        {data.key.from === 'request' ? (
          <Taken data={data} name={data.key.name} />
        ) : (
          'PKCS#10, PEM or DER. Its key, subject and names are taken; nothing else it asks for is.'
        )}
      </FileChooser>
      {take.error ? <ErrorState error={take.error} /> : null}
    </>
  );
}

type NewKeyPart = Extract<IssueDraft['key'], { from: 'new' }>;

/** Who makes the key, its type and its label. */
function NewKey({ data, change }: StepProps) {
  const signers = useSigners();
  const key = data.key.from === 'new' ? data.key : null;
  const types = typesFor(signers, key?.signer ?? signers.defaultSigner, KEY_TYPES);
  const fitting = key === null ? null : typeAmong(types, key.algorithm);
  useEffect(() => {
    if (key !== null && fitting !== null && key.algorithm !== fitting)
      change({ key: { ...key, algorithm: fitting } });
  });
  if (key === null) return null;
  const set = (part: Partial<NewKeyPart>): void => change({ key: { ...key, ...part } });
  return (
    <>
      <SignerChoice
        signers={signers}
        value={key.signer ?? null}
        onChange={(signer) =>
          set({ signer, algorithm: typeAmong(typesFor(signers, signer, KEY_TYPES), key.algorithm) })
        }
      />
      <RadioCards
        label="Type"
        value={key.algorithm}
        onChange={(algorithm) => set({ algorithm })}
        options={types}
      />
      <TextField
        label="Label of the key"
        optional
        value={key.label}
        onChange={(label) => set({ label })}
        maxLength={80}
        help="Empty: named after the certificate."
      />
    </>
  );
}

export interface StepKeyProps extends StepProps {
  /** Where the key is to come from; what the draft holds may still be the former choice. */
  from: KeyFrom;
  onFrom: (from: KeyFrom) => void;
  onRequest: (part: RequestPart) => void;
}

export function StepKey(props: StepKeyProps) {
  const { data, change, problems, from } = props;
  const renewing = data.replaces?.action === 'renew';
  const sources: readonly Option<KeyFrom>[] = [
    {
      value: 'new',
      label: 'Make a new key',
      detail: 'It is made at the moment of signing.',
      tag: 'usual',
    },
    { value: 'existing', label: 'Use a key that is here', detail: 'Made or imported before.' },
    ...(isAuthority(data.purpose)
      ? []
      : [
          {
            value: 'request' as const,
            label: 'Start from a request',
            detail: 'The key stays with whoever sent the CSR.',
          },
        ]),
  ];
  const wrong = problemOf(problems, 'key');
  if (renewing)
    return (
      <>
        {wrong === null ? null : <Notice severity="bad">{wrong}</Notice>}
        <Notice severity="note">
          A renewal keeps the key it has. To change it, choose “New key” on the certificate.
        </Notice>
      </>
    );
  return (
    <>
      {wrong === null ? null : (
        <Notice severity="bad" live>
          {wrong}
        </Notice>
      )}
      <RadioCards
        label="Where the key comes from"
        value={from}
        onChange={(next) => {
          props.onFrom(next);
          if (next === 'new') change({ key: { from: 'new', algorithm: 'p-256', label: '' } });
        }}
        options={sources}
        explain="The private key is what proves who somebody is. In software it is sealed in the encrypted workspace and leaves it only when you export it; on a device it never leaves at all."
      />
      {from === 'new' ? <NewKey {...props} /> : null}
      {from === 'existing' ? <ExistingKey {...props} /> : null}
      {from === 'request' ? <RequestFile data={data} onRequest={props.onRequest} /> : null}
    </>
  );
}
