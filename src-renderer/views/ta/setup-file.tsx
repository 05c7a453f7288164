/** The place for one file of a set-up: dropped or chosen, told by its content, named when it is another one. */
import { useEffect, useState } from 'react';
import type { SignerDraft } from '#shared/contract/ta-setup.ts';
import { sizeText, uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { SeverityIcon } from '../../components/icon.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import type { SignerStepProps } from './signer-model.ts';

export interface SetupFileProps {
  /** "proxy-id.json". */
  name: string;
  kind: 'proxy-id' | 'proxy-repo';
  children: string;
  file: SignerDraft['proxyId'];
  onFile: (file: NonNullable<SignerDraft['proxyId']>) => void;
  error: string | null;
  onReading: SignerStepProps['onReading'];
}

/** By what it is: a file with the right name may be another one. */
const WANTED: Record<SetupFileProps['kind'], string> = {
  'proxy-id': 'the identity of the proxy, as it writes it to proxy-id.json',
  'proxy-repo': 'the repository of the proxy, as it writes it to proxy-repo.json',
};

export function SetupFile({ name, kind, children, file, onFile, error, onReading }: SetupFileProps) {
  const [refused, setRefused] = useState<string | null>(null);
  const take = useAction('ta.recognise', async (chosen: File) => {
    setRefused(null);
    const blob = await uploadBlob(chosen, { use: 'key' });
    const found = await call('ta.recognise', { blob });
    if (found.kind === kind) onFile({ name: found.name.slice(0, 255), text: found.text });
    else
      setRefused(
        `${found.says} Wanted is ${WANTED[kind]}.${file === null ? '' : ` ${file.name}, which was chosen before, stays.`}`,
      );
  });
  useEffect(() => {
    onReading(take.busy);
    return () => onReading(false);
  }, [take.busy, onReading]);
  useFileTaker(`Use as ${name}`, (chosen) => void take.run(chosen));
  const wrong = refused ?? error;
  return (
    <>
      <FileChooser
        buttonLabel={`Choose ${name}…`}
        busy={take.busy}
        onFile={(chosen) => void take.run(chosen)}
      >
        {file === null ? (
          children
        ) : (
          <span className="row-wrap">
            <SeverityIcon severity="good" />
            <b className="wrap">{file.name}</b>
            <span>is taken ({sizeText(new TextEncoder().encode(file.text).length)}).</span>
          </span>
        )}
      </FileChooser>
      {wrong === null ? null : (
        <p className="field-error" role="alert">
          {wrong}
        </p>
      )}
      {take.error ? <ErrorState error={take.error} /> : null}
    </>
  );
}
