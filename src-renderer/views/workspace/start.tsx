/** The screen without a workspace: open a recent one, make one, open a folder, or just inspect a file. */
import { FilePlus2, FolderOpen, History, RotateCcw, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { openFolder as openChosenFolder } from '../../app/actions.ts';
import { call } from '../../app/call.ts';
import { inspectFile } from '../../app/inspect-file.ts';
import { reloadQuery } from '../../app/query-store.ts';
import { hrefOf } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { useDialog } from '../../app/use-dialog.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { BrandMark } from '../../components/brand-mark.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { FileChooser } from '../../components/drop-zone.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/state-box.tsx';
import { Tag } from '../../components/tag.tsx';
import { Time } from '../../components/time.tsx';
import { KindTag } from './kind.tsx';
import { RestoreDialog } from './restore-dialog.tsx';

type Recent = Answer<'workspace.recent'>['rows'][number];

export function Start({ route }: ViewProps) {
  const recent = useQuery('workspace.recent', {}, ['recent']);
  const [forgetting, setForgetting] = useState<Recent | null>(null);
  const [dialog, setDialog] = useDialog(route, ['restore']);
  const [share, setShare] = useState<number | null>(null);
  const opened = (): void => reloadQuery('workspace.state', {});
  const open = useAction('workspace.openRecent', async (id: string) => {
    await call('workspace.openRecent', { id });
    opened();
  });
  const openFolder = useAction('workspace.openFolder', openChosenFolder);
  const inspect = useAction('inspect.blob', async (file: File) => {
    setShare(0);
    await inspectFile(file, { onProgress: setShare });
  });
  const error = open.error ?? openFolder.error;
  /** What was refused before says nothing of the step that begins now. */
  const begin = (): void => {
    open.clear();
    openFolder.clear();
  };
  useEffect(() => {
    if (dialog !== null) begin();
  }, [dialog]);
  const rows = recent.data?.rows ?? [];

  return (
    <div className="page">
      <div className="welcome-lead">
        <BrandMark />
        <div>
          <h1 tabIndex={-1} data-page-heading>
            Baleen
          </h1>
          <p>
            Authorities, keys and certificates in one encrypted folder. Nothing leaves this machine unasked.
          </p>
        </div>
      </div>
      <div className="welcome">
        <div className="stack">
          {error ? <ErrorState error={error} /> : null}
          <Card title="Recent workspaces" flush>
            {recent.error ? (
              <ErrorState error={recent.error} onRetry={recent.reload} />
            ) : recent.data === null ? (
              <Loading what="recent workspaces" />
            ) : rows.length === 0 ? (
              <EmptyState icon={<History aria-hidden />} title="No workspace yet">
                A workspace holds the keys, certificates and audit of one undertaking. Make the first one
                here, or open a folder that was copied from another machine.
              </EmptyState>
            ) : (
              <ul className="recent">
                {rows.map((row) => (
                  <li key={row.id}>
                    <div>
                      <div className="row-wrap">
                        <b>{row.name}</b>
                        <KindTag kind={row.kind} />
                        {row.restoredAt === null ? null : <Tag tone="careful">restored copy</Tag>}
                      </div>
                      <div className="mono quiet wrap">{row.path}</div>
                      <div className="small quiet">
                        {row.restoredAt === null ? null : (
                          <>
                            restored <Time at={row.restoredAt} clock />
                            {row.lastOpenedAt === null ? ', not opened yet' : ', '}
                          </>
                        )}
                        {row.lastOpenedAt === null ? null : (
                          <>
                            last opened <Time at={row.lastOpenedAt} clock />
                          </>
                        )}
                      </div>
                      {row.problem === null ? null : <div className="tone-bad">{row.problem}</div>}
                    </div>
                    <Button
                      busy={open.busy}
                      whyDisabled={row.problem}
                      onPress={() => {
                        begin();
                        void open.run(row.id);
                      }}
                    >
                      Open<span className="visually-hidden"> {row.name}</span>
                    </Button>
                    <Button
                      kind="quiet"
                      label={`Forget ${row.name}`}
                      icon={<X aria-hidden />}
                      onPress={() => {
                        begin();
                        setForgetting(row);
                      }}
                    />
                  </li>
                ))}
              </ul>
            )}
          </Card>
        </div>
        <div className="stack">
          <Card title="Begin">
            <div className="stack-tight">
              <LinkButton kind="primary" href={hrefOf('create-workspace')} icon={<FilePlus2 aria-hidden />}>
                New workspace…
              </LinkButton>
              <Button
                icon={<FolderOpen aria-hidden />}
                busy={openFolder.busy}
                onPress={() => {
                  begin();
                  void openFolder.run();
                }}
              >
                Open a folder…
              </Button>
              <Button icon={<RotateCcw aria-hidden />} onPress={() => setDialog('restore')}>
                Restore a backup…
              </Button>
            </div>
          </Card>
          <Card title="Just look at a file">
            <FileChooser
              buttonLabel="Choose a file…"
              busy={inspect.busy}
              share={share}
              onFile={(file) => {
                begin();
                void inspect.run(file);
              }}
            >
              Certificate, request, CRL, key or PKCS#12, PEM or DER. Drop it anywhere in the window; no
              workspace is needed.
            </FileChooser>
          </Card>
        </div>
      </div>
      <ConfirmDialog
        open={forgetting !== null}
        onClose={() => setForgetting(null)}
        title={`Forget “${forgetting?.name ?? ''}”?`}
        lost={['Its line in this list. The folder itself stays as it is and can be opened again.']}
        verb="Forget"
        channel="workspace.forget"
        onConfirm={async () => {
          if (forgetting) await call('workspace.forget', { id: forgetting.id });
          recent.reload();
        }}
      />
      <RestoreDialog open={dialog === 'restore'} onClose={() => setDialog(null)} inPlace={false} />
    </div>
  );
}
