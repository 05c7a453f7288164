/** What a local child still needs, parent or repository: taken within this workspace, or from the file that answers. */
import type { LocalChildView } from '#shared/contract/ta-child.ts';
import { uploadBlob } from '../../app/blob-upload.ts';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { FileChooser, useFileTaker } from '../../components/drop-zone.tsx';
import { ErrorState } from '../../components/state-box.tsx';

const WORDS = {
  parent: {
    title: 'Its parent',
    file: 'res.xml',
    here: 'The trust anchor of this workspace can be its parent at once, when it was added there.',
    drop: 'Drop res.xml here: what the trust anchor answered when the child was added.',
  },
  repository: {
    title: 'Its repository',
    file: 'repo-res.xml',
    here: 'When the trust anchor publishes into a folder, the child lies in the same one.',
    drop: 'Drop repo-res.xml here: what the publication server answered to pub-req.xml.',
  },
} as const;

export function ChildSetup({ child, missing }: { child: LocalChildView; missing: 'parent' | 'repository' }) {
  const { handle } = child;
  const words = WORDS[missing];
  const connect = useAction('ta.localConnect', async () => {
    showToast((await call('ta.localConnect', { handle })).says);
  });
  const configure = useAction('ta.localConfigure', async (file: File) => {
    const blob = await uploadBlob(file, { use: 'key' });
    showToast((await call('ta.localConfigure', { handle, blob })).says);
  });
  useFileTaker(`Use as the answer for ${handle}`, (file) => void configure.run(file));
  return (
    <Card title={words.title}>
      <div className="stack">
        <p className="dim">{words.here}</p>
        <div className="row-wrap">
          <Button kind="primary" busy={connect.busy} onPress={() => void connect.run()}>
            Take it from this workspace
          </Button>
        </div>
        {connect.error ? <ErrorState error={connect.error} /> : null}
        <FileChooser
          buttonLabel={`Choose ${words.file}…`}
          busy={configure.busy}
          onFile={(file) => void configure.run(file)}
        >
          {words.drop}
        </FileChooser>
        {configure.error ? <ErrorState error={configure.error} /> : null}
      </div>
    </Card>
  );
}
