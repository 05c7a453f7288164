/** A publication server as the repository: the request for it, what its answer says, and the certificate it is known by. */
import { useEffect, useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card, KeyValue } from '../../components/card.tsx';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { HexValue } from '../../components/hex-value.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { Notice } from '../../components/verdict.tsx';
import { FileRows } from './file-rows.tsx';
import { PinField } from './pin-field.tsx';
import { PUBLISHER_REQUEST } from './ta-files.ts';

type Read = Answer<'ta.readRepository'> & { file: File };
type Tried = Answer<'ta.tryServer'>;

function What({ read }: { read: Read }) {
  const uri = (text: string) => <span className="mono wrap">{text}</span>;
  return (
    <>
      <p className="dim">What the file says; nobody signed it.</p>
      {read.remark === null ? null : <Notice severity="careful">{read.remark}</Notice>}
      <KeyValue
        items={[
          ['Publishes at', uri(read.base)],
          ['RRDP', read.notify === null ? 'none: rsync only' : uri(read.notify)],
          ['Server', uri(read.serviceUri)],
          ['As publisher', uri(read.publisher)],
          [
            'Its identity',
            <HexValue key="value" hex={read.identity} label="SHA-256 of its identity" groups={8} />,
          ],
        ]}
      />
    </>
  );
}

/** The answer that was chosen, and what the server showed for the pin as it is typed now. */
function useServerForm(dropped: File | null) {
  const [read, setRead] = useState<Read | null>(null);
  const [pin, setPin] = useState('');
  const [tried, setTried] = useState<Tried | null>(null);
  const take = useAction('ta.readRepository', async (file: File) => {
    setRead(null);
    setTried(null);
    const blob = await uploadBlob(file, { use: 'key' });
    setRead({ ...(await call('ta.readRepository', { blob })), file });
  });
  const { run } = take;
  useEffect(() => {
    if (dropped !== null) void run(dropped);
  }, [dropped, run]);
  const choose = useAction('ta.proxyRepository', async () => {
    if (read === null) return;
    const plain = pin.trim() === '' ? null : pin.trim();
    // Whoever was told that it cannot be looked at goes on without.
    if (tried?.ok !== null || tried === null) {
      const found = await call('ta.tryServer', { server: read.serviceUri, pin: plain });
      setTried(found);
      if (found.ok !== true) return;
    }
    const blob = await uploadBlob(read.file, { use: 'key' });
    await call('ta.proxyRepository', { blob, pin: plain });
    navigate('trust-anchor');
  });
  return {
    read,
    take,
    choose,
    tried,
    pin,
    setPin(text: string) {
      setPin(text);
      setTried(null);
    },
  };
}

export function ServerRepository({ dropped }: { dropped: File | null }) {
  const { read, take, choose, tried, pin, setPin } = useServerForm(dropped);
  useFileTaker('Use as repo-res.xml', (file) => void take.run(file));
  const pinError = choose.error?.fieldError('pin') ?? (tried?.ok === false ? tried.text : null);
  const unseen = tried !== null && tried.ok === null;
  const why = read === null ? 'Choose repo-res.xml, the answer of the server' : null;
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
          <FileChooser
            buttonLabel="Choose repo-res.xml…"
            busy={take.busy}
            onFile={(file) => void take.run(file)}
          >
            {read === null ? (
              'Drop repo-res.xml here: where to publish, and who the server is (RFC 8183).'
            ) : (
              <b className="wrap">{read.name}</b>
            )}
          </FileChooser>
          {take.error ? <ErrorState error={take.error} /> : null}
          {read === null ? null : <What read={read} />}
          <PinField value={pin} onChange={setPin} error={pinError} />
        </div>
      </Card>
      {unseen ? (
        <Notice severity="careful" live>
          The server could not be looked at: {tried.text} It can be taken all the same; another certificate
          can be pinned later.
        </Notice>
      ) : null}
      {choose.error && choose.error.fieldError('pin') === null ? <ErrorState error={choose.error} /> : null}
      <div className="action-bar">
        <span className="dim">
          The server is asked for its certificate first. Where it publishes can never be changed once a signer
          is associated.
        </span>
        <span className="push">
          <Button kind="primary" type="submit" busy={choose.busy} whyDisabled={why}>
            {unseen ? 'Take it unseen' : 'Publish through this server'}
          </Button>
        </span>
      </div>
    </form>
  );
}
