/** Step 2: a new key, one that is here already, or the key of somebody's request. */
import { useState } from 'react';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { RadioCards, Select } from '../../components/choices.tsx';
import type { Option } from '../../components/choices.tsx';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { KEY_TYPES } from '../keys/key-words.ts';
import { isAuthority, problemOf, type StepProps } from './issue-model.ts';

type From = IssueDraft['key']['from'];

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

function RequestFile({ data, draft }: StepProps & { draft: string }) {
  const [share, setShare] = useState<number | null>(null);
  const take = useAction('ca.startFromRequest', async (file: File) => {
    setShare(0);
    try {
      const blob = await uploadBlob(file, { use: 'key', onProgress: setShare });
      const started = await call('ca.startFromRequest', { blob });
      await call('drafts.cancel', { id: draft });
      navigate('issue', { draft: started.draft, step: 'purpose' });
    } finally {
      setShare(null);
    }
  });
  useFileTaker('Use as the request', (file) => void take.run(file));
  return (
    <>
      <FileChooser
        buttonLabel="Choose a request (CSR)…"
        onFile={(file) => void take.run(file)}
        busy={take.busy}
        share={share}
      >
        {data.key.from === 'request' ? (
          <b className="wrap">{data.key.name}</b>
        ) : (
          'PKCS#10, PEM or DER. Its key, subject and names are taken; nothing else it asks for is.'
        )}
      </FileChooser>
      {take.error ? <ErrorState error={take.error} /> : null}
    </>
  );
}

export function StepKey(props: StepProps & { draft: string }) {
  const { data, change, problems } = props;
  const [from, setFrom] = useState<From>(data.key.from);
  const renewing = data.replaces?.action === 'renew';
  const sources: readonly Option<From>[] = [
    {
      value: 'new',
      label: 'Make a new key',
      detail: 'It is made in this workspace at the moment of signing.',
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
          setFrom(next);
          if (next === 'new') change({ key: { from: 'new', algorithm: 'p-256', label: '' } });
        }}
        options={sources}
        explain="The private key is what proves who somebody is. It is sealed in the encrypted workspace and never leaves the main process unless you export it."
      />
      {from === 'new' && data.key.from === 'new' ? (
        <>
          <RadioCards
            label="Type"
            value={data.key.algorithm}
            onChange={(algorithm) =>
              change({
                key: { from: 'new', algorithm, label: data.key.from === 'new' ? data.key.label : '' },
              })
            }
            options={KEY_TYPES}
          />
          <TextField
            label="Label of the key"
            optional
            value={data.key.label}
            onChange={(label) =>
              change({ key: { ...(data.key as Extract<IssueDraft['key'], { from: 'new' }>), label } })
            }
            maxLength={80}
            help="Empty: named after the certificate."
          />
        </>
      ) : null}
      {from === 'existing' ? <ExistingKey {...props} /> : null}
      {from === 'request' ? <RequestFile {...props} /> : null}
    </>
  );
}
