/** Looking at any file or pasted text: what it is, whether something is wrong with it, everything in it. */
import { FileSearch } from 'lucide-react';
import { useState } from 'react';
import { inspectFile } from '../../app/inspect-file.ts';
import { call } from '../../app/call.ts';
import { formatPath, goToPath, hrefOf } from '../../app/router.ts';
import { useView } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { FileChooser } from '../../components/drop-zone.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { StrayFile } from '../ta/stray-file.tsx';
import { InspectionPage } from './inspection.tsx';

function ChooseFile({ unlocked }: { unlocked: boolean }) {
  const [share, setShare] = useState<number | null>(null);
  const [abort, setAbort] = useState<AbortController | null>(null);
  const take = async (file: File): Promise<void> => {
    const controller = new AbortController();
    setAbort(controller);
    setShare(0);
    await inspectFile(file, { unlocked, onProgress: setShare, signal: controller.signal });
    setAbort(null);
    setShare(null);
  };
  return (
    <FileChooser
      buttonLabel="Choose a file…"
      onFile={(file) => void take(file)}
      busy={abort !== null}
      share={share}
      onCancel={() => abort?.abort()}
    >
      Drop a file anywhere in the window: a certificate or a chain, a request, a CRL, a private key, PKCS#12.
      It is recognised by its content, and may have 8 MiB; a trust anchor's file goes where it is opened, and
      may have 64 MiB.
    </FileChooser>
  );
}

function Paste() {
  const [text, setText] = useState('');
  const look = useAction('inspect.text', async () => {
    const inspection = await call('inspect.text', { text });
    setText('');
    goToPath(formatPath('inspect', { id: inspection.id }));
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') void look.run();
      }}
    >
      <TextField
        label="Or paste it"
        help="PEM or base64, one object or several."
        value={text}
        onChange={setText}
        lines={8}
        mono
        placeholder="-----BEGIN CERTIFICATE-----"
      />
      {look.error ? <ErrorState error={look.error} /> : null}
      <div className="row">
        <Button
          type="submit"
          kind="primary"
          busy={look.busy}
          whyDisabled={text.trim() === '' ? 'Paste something first' : null}
        >
          Inspect
        </Button>
      </div>
    </form>
  );
}

export function Inspect({ route, session }: ViewProps) {
  const id = route.params['id'];
  const refused = useView((state) => state.refusedFile);
  const stray = useView((state) => state.strayFile);
  const inspection = useQuery('inspect.get', { id: id ?? 'none' }, [], { skip: id === undefined });
  if (id === undefined) {
    return (
      <Page title="Inspect" narrow>
        {refused ? (
          <Card title={refused.name}>
            <ErrorState error={refused.error} />
          </Card>
        ) : null}
        {stray ? <StrayFile {...stray} /> : null}
        <Card>
          <ChooseFile unlocked={session.state === 'unlocked'} />
        </Card>
        <Card title="Pasted text">
          <Paste />
        </Card>
        <Card>
          <EmptyState icon={<FileSearch aria-hidden />} title="Nothing leaves this computer">
            What you look at stays in memory and is forgotten when you lock, unless you keep it in the
            workspace. No address in it is ever asked.
          </EmptyState>
        </Card>
      </Page>
    );
  }
  if (inspection.data)
    return <InspectionPage inspection={inspection.data} session={session} reload={inspection.reload} />;
  return (
    <Page title="Inspect" narrow>
      {inspection.error ? (
        <ErrorState
          error={inspection.error}
          action={<LinkButton href={hrefOf('inspect')}>Open a file</LinkButton>}
        />
      ) : (
        <Loading what="the file" />
      )}
    </Page>
  );
}
