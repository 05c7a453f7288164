/** Typed cards for the files that come to the proxy: what each is, from whom, and the button that opens it. */
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { OpenableTaFile } from '../../app/sniff-ta-file.ts';
import { Card } from '../../components/card.tsx';
import { FileButton } from '../../components/file-button.tsx';
import { ReadingProgress } from '../../components/job-progress.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { FileRow } from './file-rows.tsx';
import { useOpenTaFile } from './open-request.tsx';

interface Incoming {
  kind: OpenableTaFile;
  name: string;
  from: string;
  says: string;
  button: string;
}

const SIGNER_INFO: Incoming = {
  kind: 'signer-info',
  name: 'signer-info.json',
  from: 'Signer',
  says: 'Who the signer is and what it made. Its fingerprint is compared before it is believed. Again after each reissue.',
  button: 'Choose signer-info.json…',
};
const CHILD: Incoming = {
  kind: 'child',
  name: 'online.json, child-req.xml',
  from: 'Child',
  says: 'Who the child is (RFC 8183). With Krill: krillc show --ca online --format json, or krillc parents request.',
  button: "Choose a child's file…",
};

function IncomingRow({ file }: { file: Incoming }) {
  const { open, share } = useOpenTaFile(file.kind);
  return (
    <>
      <FileRow file={{ ...file, to: 'Proxy' }}>
        <FileButton
          size="small"
          label={file.button}
          busy={open.busy}
          onFile={(chosen) => void open.run(chosen)}
        />
      </FileRow>
      {share === null ? null : (
        <li className="card-body hide-empty">
          <ReadingProgress name="the file" share={share} />
        </li>
      )}
      {open.error ? (
        <li className="card-body">
          <ErrorState error={open.error} />
        </li>
      ) : null}
    </>
  );
}

export function IncomingFiles({ proxy }: { proxy: ProxyView }) {
  if (proxy.repository === null) return null;
  const files = proxy.signer === null ? [SIGNER_INFO] : [CHILD, SIGNER_INFO];
  return (
    <Card title="Files for the proxy" note="or drop them anywhere in the window" flush>
      <ul className="object-list">
        {files.map((file) => (
          <IncomingRow key={file.kind} file={file} />
        ))}
      </ul>
    </Card>
  );
}
