/** What the signer hands out after set-up and reissue, each file with where it goes. */
import { useState } from 'react';
import { hrefOf } from '../../app/router.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Verdict } from '../../components/verdict.tsx';
import { ExportFileDialog, SIGNER_FILES, type TaFile } from './export-file-dialog.tsx';

/** A row for each file with its button. */
export function FileRows({
  files,
  title,
  id = null,
}: {
  files: readonly TaFile[];
  title: string;
  id?: string | null;
}) {
  const [file, setFile] = useState<TaFile | null>(null);
  return (
    <Card title={title} flush>
      <ul className="object-list">
        {files.map((one) => (
          <li key={one.what} className="settings-row">
            <span>
              <b className="mono">{one.name}</b>
              <span className="dim wrap"> {one.says}</span>
            </span>
            <Button size="small" onPress={() => setFile(one)}>
              Write {one.name}…
            </Button>
          </li>
        ))}
      </ul>
      <ExportFileDialog file={file} id={id} onClose={() => setFile(null)} />
    </Card>
  );
}

export function SignerFiles() {
  return (
    <>
      <Verdict
        severity="good"
        title="The trust anchor is made: key, certificate, first CRL and manifest."
        checks={[
          { ok: true, text: 'validated before it was kept' },
          { ok: true, text: 'nothing has left this machine' },
        ]}
      />
      <FileRows title="Carry these away" files={SIGNER_FILES} />
      <div className="row-wrap">
        <LinkButton kind="primary" href={hrefOf('trust-anchor')}>
          Open the trust anchor
        </LinkButton>
        <LinkButton href={hrefOf('settings', {}, { open: 'backup' })}>Back up the workspace…</LinkButton>
      </div>
    </>
  );
}
