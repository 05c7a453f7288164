/** The steps of the signer's set-up before its review: proxy, repository, TAL, times, key. */
import { useState } from 'react';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import { Card } from '../../components/card.tsx';
import { RadioCards, Select } from '../../components/choices.tsx';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { hexGroups } from '../../components/hex-value.tsx';
import { SignerChoice, useSigners } from '../../components/signer-choice.tsx';
import { ErrorState, Loading } from '../../components/state-box.tsx';
import { NumberField, TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { KrillFiles } from './krill-files.tsx';
import { OwnProxyFiles } from './own-proxy-files.tsx';
import { SetupFile } from './setup-file.tsx';
import { signerProblem, type SignerStepProps } from './signer-model.ts';
import { TimingFields } from './timing-fields.tsx';

/** As far as the store counts. */
const MOST_DIGITS = 19;
/** What a draft holds of it, so that one that is too long is seen and can be mended. */
const MOST_TYPED = 40;

export function StepProxy({ data, change, take, problems, onReading }: SignerStepProps) {
  return (
    <>
      <SetupFile
        name="proxy-id.json"
        kind="proxy-id"
        file={data.proxyId}
        onFile={(proxyId) => take({ proxyId })}
        error={signerProblem(problems, 'proxyId')}
        onReading={onReading}
      >
        The identity of the proxy. With Krill: krillta proxy --format json id
      </SetupFile>
      <OwnProxyFiles change={take} />
      <KrillFiles change={take} />
      <TextField
        label="Fingerprint on the proxy's screen (SHA-256)"
        mono
        lines={2}
        value={data.fingerprint}
        onChange={(fingerprint) => change({ fingerprint })}
        error={signerProblem(problems, 'fingerprint')}
        help="At least the first 32 digits; spaces and colons do not count."
        explain="The file is signed by nobody: whoever carried it could have exchanged it. So the fingerprint is read on the other machine and typed here. With Krill it is the “hash” that krillta proxy id prints there."
      />
    </>
  );
}

export function StepRepository({ data, take, problems, onReading }: SignerStepProps) {
  return (
    <>
      <SetupFile
        name="proxy-repo.json"
        kind="proxy-repo"
        file={data.repository}
        onFile={(repository) => take({ repository })}
        error={signerProblem(problems, 'repository')}
        onReading={onReading}
      >
        Where the proxy publishes. With Krill: krillta proxy --format json repo contact
      </SetupFile>
      {data.repository === null ? null : (
        <Card title="What the file says" note="nobody signed it">
          <pre className="mono wrap small">{data.repository.text}</pre>
        </Card>
      )}
      <Notice severity="careful">
        The base is written into everything that is ever issued here. It cannot change later, not even by a
        reissue.
      </Notice>
    </>
  );
}

export function StepLocations({ data, change, problems }: SignerStepProps) {
  return (
    <>
      <TextField
        label="https URIs"
        mono
        lines={3}
        value={data.https}
        onChange={(https) => change({ https })}
        placeholder="https://rpki.example.net/ta/ta.cer"
        error={signerProblem(problems, 'https')}
        help="One a line, in the order relying parties try them."
      />
      <TextField
        label="rsync URI"
        mono
        value={data.rsync}
        onChange={(rsync) => change({ rsync })}
        placeholder="rsync://rpki.example.net/ta/ta.cer"
        error={signerProblem(problems, 'rsync')}
        explain="The TA certificate lies beside the repository, never inside it. All URIs end in the same file name with .cer. They can be changed later by a reissue; then everybody needs the new TAL."
      />
    </>
  );
}

/** Times out of a krillta.conf, in both spellings. */
function FromConf({ change }: Pick<SignerStepProps, 'change'>) {
  const [notes, setNotes] = useState<readonly string[]>([]);
  const take = useAction('ta.readConf', async (file: File) => {
    const found = await call('ta.readConf', { blob: await uploadBlob(file, { use: 'key' }) });
    change({ timing: found.timing });
    setNotes(['The times of the file are filled in.', ...found.notes]);
  });
  useFileTaker('Take the times of krillta.conf', (file) => void take.run(file));
  return (
    <>
      <FileChooser buttonLabel="Choose krillta.conf…" busy={take.busy} onFile={(file) => void take.run(file)}>
        Optional: drop a krillta.conf to take its times.
      </FileChooser>
      {notes.map((note) => (
        <Notice key={note} severity="note" live>
          {note}
        </Notice>
      ))}
      {take.error ? <ErrorState error={take.error} /> : null}
    </>
  );
}

export function StepTiming({ data, change, problems }: SignerStepProps) {
  return (
    <>
      <Notice severity="note">
        Keep these equal to the proxy's: it makes the requests and tells the children by its own values.
      </Notice>
      <TimingFields
        timing={data.timing}
        onChange={(timing) => change({ timing })}
        problemOf={(field) => signerProblem(problems, `timing.${field}`)}
      />
      <FromConf change={change} />
      <NumberField
        label="First manifest number"
        value={data.number}
        onChange={(number) => change({ number: number.slice(0, MOST_TYPED) })}
        error={
          data.number.trim().length > MOST_DIGITS
            ? `A manifest number has ${MOST_DIGITS} digits at most here.`
            : signerProblem(problems, 'number')
        }
        explain="1 for a new trust anchor. When it takes the place of another with the same key: one above its last number, because relying parties refuse a number that goes back."
      />
    </>
  );
}

export function StepKeyChoice({ data, change, problems }: SignerStepProps) {
  const keys = useQuery('keys.list', { limit: 500 }, ['keys']);
  const signers = useSigners();
  const noSigner = signerProblem(problems, 'signer');
  if (!keys.data)
    return keys.error ? <ErrorState error={keys.error} onRetry={keys.reload} /> : <Loading what="the keys" />;
  const usable = keys.data.rows.filter(({ key }) => key.algorithm === 'RSA' && key.bits === 2048);
  return (
    <>
      <RadioCards
        label="TA key"
        value={data.key === null ? 'new' : 'existing'}
        onChange={(from) => change({ key: from === 'new' ? null : (usable[0]?.id ?? '') || null })}
        options={[
          {
            value: 'new',
            label: 'Make a new key',
            detail: 'RSA 2048. Relying parties accept nothing else.',
            tag: 'usual',
          },
          {
            value: 'existing',
            label: 'Use a key that is here',
            detail:
              usable.length === 0
                ? 'There is no RSA 2048 key here. Import it under Keys first.'
                : 'For a trust anchor that moves to this workspace.',
            disabled: usable.length === 0,
          },
        ]}
        explain="A trust anchor's key can never be exchanged: every relying party has it in the TAL. Other sizes are refused by rpki-client."
      />
      <SignerChoice
        signers={signers}
        label={data.key === null ? 'Who holds the TA key and the identity key' : 'Who holds the identity key'}
        algorithm="rsa-2048"
        value={data.signer ?? null}
        onChange={(signer) => change({ signer })}
      />
      {noSigner === null ? null : (
        <Notice severity="bad" live>
          {noSigner}
        </Notice>
      )}
      {data.key === null ? null : (
        <Select
          label="Key"
          value={data.key}
          onChange={(key) => change({ key })}
          error={signerProblem(problems, 'key')}
          options={usable.map((row) => ({
            value: row.id,
            label: row.label,
            detail: `${hexGroups(row.key.keyId).join(' ')}${row.owner === '' ? '' : `, used by ${row.owner}`}`,
          }))}
        />
      )}
    </>
  );
}
