/** A folder as the repository: its place, the URI it will be found at, and RRDP or not. */
import { useState } from 'react';
import type { Ticket } from '#shared/contract/app.ts';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { call } from '../../app/call.ts';
import { navigate } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Checkbox } from '../../components/choices.tsx';
import { FolderField } from '../../components/folder-field.tsx';
import { ErrorState } from '../../components/state-box.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { partOf } from './folder-parts.ts';

/** `before`: the repository that was chosen already; null: none. */
export function FolderRepository({ before }: { before: ProxyView['repository'] }) {
  const [folder, setFolder] = useState<Ticket | null>(null);
  const [base, setBase] = useState(before?.base ?? '');
  const [rrdp, setRrdp] = useState(before === null || before.notify !== null);
  const [notify, setNotify] = useState(before?.notify ?? '');
  const choose = useAction('ta.proxyFolder', async () => {
    await call('ta.proxyFolder', {
      folder: folder?.ticket ?? '',
      base: base.trim(),
      notify: rrdp ? notify.trim() : null,
    });
    navigate('trust-anchor');
  });
  const baseError = choose.error?.fieldError('base') ?? null;
  const notifyError = choose.error?.fieldError('notify') ?? null;
  const why =
    folder === null
      ? 'Choose the folder'
      : base.trim() === ''
        ? 'Write the base URI'
        : rrdp && notify.trim() === ''
          ? 'Write the URI of the notification file, or go without RRDP'
          : null;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (why === null) void choose.run();
      }}
    >
      <Card title="The folder">
        <div className="stack">
          <FolderField
            folder={folder}
            onFolder={setFolder}
            purpose="export"
            help="One that nothing else writes into. What is in it is replaced at each publishing."
          />
          <TextField
            label="Base URI (rsync)"
            mono
            value={base}
            onChange={setBase}
            placeholder="rsync://rpki.example.net/repo/"
            maxLength={2048}
            error={baseError}
            help={
              <>
                What your rsync server calls{' '}
                {folder === null ? (
                  'the part “rsync” of this folder'
                ) : (
                  <span className="mono wrap">{partOf(folder.path, 'rsync')}</span>
                )}
                , not the folder itself: host, module, a slash at the end. Give the module exactly that path;
                the trust anchor publishes right there, children below it.
              </>
            }
          />
          <Checkbox value={rrdp} onChange={setRrdp}>
            Publish by RRDP as well
          </Checkbox>
          {rrdp ? (
            <TextField
              label="Notification URI (https)"
              mono
              value={notify}
              onChange={setNotify}
              placeholder="https://rpki.example.net/rrdp/notification.xml"
              maxLength={2048}
              error={notifyError}
              help={
                <>
                  Where your web server hands out notification.xml of{' '}
                  {folder === null ? (
                    'the part “rrdp” of this folder'
                  ) : (
                    <span className="mono wrap">{partOf(folder.path, 'rrdp')}</span>
                  )}
                  : that is what it has at this URI without the name.
                </>
              }
            />
          ) : (
            <Notice severity="careful">
              Without RRDP the certificates name rsync only. Relying parties that try RRDP first fall back to
              rsync, which takes longer and needs a working rsync server. This cannot be added to what is
              issued already.
            </Notice>
          )}
        </div>
      </Card>
      {choose.error && baseError === null && notifyError === null ? (
        <ErrorState error={choose.error} />
      ) : null}
      <div className="action-bar">
        <span className="dim">
          Once a signer is associated the base can never be changed; the folder can.
        </span>
        <span className="push">
          <Button kind="primary" type="submit" busy={choose.busy} whyDisabled={why}>
            Publish into this folder
          </Button>
        </span>
      </div>
    </form>
  );
}
