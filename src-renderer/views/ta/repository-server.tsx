/** A publication server as the repository: the request for it, its answer shown whole, and the certificate it is known by. */
import { useEffect, useState } from 'react';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { FileRows } from './file-rows.tsx';
import { PUBLISHER_REQUEST } from './ta-files.ts';

const SHOWN = 16_384;

/** The beginning of the file as text, for reading only. */
function useText(file: File | null): string {
  const [text, setText] = useState('');
  useEffect(() => {
    let gone = false;
    setText('');
    void file
      ?.slice(0, SHOWN)
      .text()
      .then((read) => {
        if (!gone) setText(read);
      });
    return () => {
      gone = true;
    };
  }, [file]);
  return text;
}

export function ServerRepository({ dropped }: { dropped: File | null }) {
  const [file, setFile] = useState<File | null>(dropped);
  const [pin, setPin] = useState('');
  const text = useText(file);
  useFileTaker('Use as repo-res.xml', setFile);
  const choose = useAction('ta.proxyRepository', async () => {
    if (file === null) return;
    const blob = await uploadBlob(file, { use: 'key' });
    await call('ta.proxyRepository', { blob, pin: pin.trim() === '' ? null : pin.trim() });
    navigate('trust-anchor');
  });
  const pinError = choose.error?.fieldError('pin') ?? null;
  const why = file === null ? 'Choose repo-res.xml, the answer of the server' : null;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (why === null) void choose.run();
      }}
    >
      <FileRows title="1. Ask the server" files={[PUBLISHER_REQUEST]} />
      <Card title="2. Bring its answer">
        <div className="stack">
          <FileChooser buttonLabel="Choose repo-res.xml…" onFile={setFile}>
            {file === null ? (
              'Drop repo-res.xml here: where to publish, and who the server is (RFC 8183).'
            ) : (
              <b className="wrap">{file.name}</b>
            )}
          </FileChooser>
          {text === '' ? null : (
            <>
              <p className="dim">What the file says; nobody signed it. The base is sia_base.</p>
              <pre className="mono wrap small report">{text}</pre>
            </>
          )}
          <TextField
            label="SHA-256 of the server's TLS certificate"
            optional
            mono
            lines={2}
            value={pin}
            onChange={setPin}
            maxLength={200}
            error={pinError}
            help="64 hex digits; spaces and colons do not count. Empty: public certificate authorities vouch for the server."
            explain="A Krill on the same machine has a self-signed certificate, which nobody vouches for. Its fingerprint is read on that machine (openssl x509 -fingerprint -sha256) and typed here; no other certificate is accepted then."
          />
        </div>
      </Card>
      {choose.error && pinError === null ? <ErrorState error={choose.error} /> : null}
      <div className="action-bar">
        <span className="dim">It can never be changed.</span>
        <span className="push">
          <Button kind="primary" type="submit" busy={choose.busy} whyDisabled={why}>
            Publish through this server
          </Button>
        </span>
      </div>
    </form>
  );
}
