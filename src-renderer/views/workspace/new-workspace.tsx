/**
 * What is chosen for a new workspace before it is there: kind, name, folder. The address keeps it, so that a reload goes on
 * where it was; nothing of it is secret, and nothing else is stored.
 */
import { FolderOpen } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Ticket } from '#shared/contract/app.ts';
import { workspaceKind, workspaceName } from '#shared/contract/workspace.ts';
import type { WorkspaceKind } from '#shared/contract/workspace.ts';
import { call } from '../../app/call.ts';
import { parsePath, replacePath } from '../../app/router.ts';
import { useAction } from '../../app/use-action.ts';
import { useQuery } from '../../app/use-query.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/state-box.tsx';

/** Stands for a name that is not typed yet. */
const UNNAMED = 'workspace';

/** Why it is no name for a workspace; null when it is. */
export function nameProblem(name: string): string | null {
  const parsed = workspaceName.safeParse(name);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'Give the workspace a name');
}

/** Where the workspace will be made unless another folder is chosen; "…" for the name that is still missing. */
function useSuggested(name: string): { path: string | null; taken: boolean } {
  const named = nameProblem(name) === null;
  const asked = useQuery('workspace.suggestFolder', { name: named ? name.trim() : UNNAMED }, ['recent']);
  const path = asked.data?.path ?? null;
  return named || path === null
    ? { path, taken: asked.data?.taken ?? false }
    : { path: path.replace(/[^/\\]+$/, '…'), taken: false };
}

export function FolderField(props: {
  suggested: string | null;
  folder: Ticket | null;
  /** Another one was chosen before the window was loaded again. */
  lost: boolean;
  onFolder: (folder: Ticket | null) => void;
}) {
  const choose = useAction('dialogs.folder', async () => {
    const { chosen } = await call('dialogs.folder', { purpose: 'create' });
    if (chosen) props.onFolder(chosen);
  });
  const path = props.folder?.path ?? props.suggested;
  return (
    <div className="field">
      <span className="field-label">Folder</span>
      <div className="row-wrap">
        <span className="mono wrap">{path}</span>
        <Button
          size="small"
          icon={<FolderOpen aria-hidden />}
          busy={choose.busy}
          onPress={() => void choose.run()}
        >
          Choose another…
        </Button>
        {props.folder || props.lost ? (
          <Button size="small" kind="quiet" onPress={() => props.onFolder(null)}>
            Use the suggested one
          </Button>
        ) : null}
      </div>
      <p className="field-help">
        One folder with an encrypted database, the vault header and the audit file. It can be moved and copied
        as a whole. Only you get the right to read it.
      </p>
      {choose.error ? <ErrorState error={choose.error} /> : null}
    </div>
  );
}

/** What the address keeps over a reload: nothing of it is secret, and the folder is chosen anew. */
function keptIn({ query }: ViewProps['route']): {
  kind: WorkspaceKind | null;
  name: string;
  another: boolean;
} {
  const kind = workspaceKind.safeParse(query['kind']);
  return {
    kind: kind.success ? kind.data : null,
    name: (query['name'] ?? '').slice(0, 80),
    another: query['folder'] === 'another',
  };
}

export function useNewWorkspace(route: ViewProps['route']) {
  const [kept] = useState(() => keptIn(route));
  const [kind, setKind] = useState<WorkspaceKind>(kept.kind ?? 'online');
  const [kindChosen, setKindChosen] = useState(kept.kind !== null);
  const [name, setName] = useState(kept.name);
  const [folder, setFolder] = useState<Ticket | null>(null);
  const [lostFolder, setLostFolder] = useState(kept.another);
  const { path: suggested, taken } = useSuggested(name);
  const incomplete =
    name === ''
      ? 'Give the workspace a name'
      : (nameProblem(name) ?? (lostFolder ? 'Choose the folder again, or use the suggested one' : null));
  const takenBy =
    incomplete === null && folder === null && taken
      ? 'There is something in its folder already. Choose another name or another folder.'
      : null;
  const written: Record<string, string> = {
    ...(kindChosen ? { kind } : {}),
    ...(name === '' ? {} : { name }),
    ...(folder === null && !lostFolder ? {} : { folder: 'another' }),
  };
  const missing = !kindChosen ? ('kind' as const) : incomplete === null ? null : ('place' as const);
  return {
    kind,
    setKind,
    chooseKind: () => setKindChosen(true),
    name,
    setName,
    folder,
    setFolder(chosen: Ticket | null): void {
      setFolder(chosen);
      setLostFolder(false);
    },
    lostFolder,
    suggested,
    /** Said at the name: the folder that follows from it is taken. */
    takenBy,
    whyNotPlace: incomplete ?? takenBy,
    /** The first step that is not complete. */
    missing,
    /** For the address. */
    written,
  };
}

/** The address says the step that is shown, with what was typed. */
export function useTrueAddress(address: string): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      const here = parsePath(location.hash);
      if (here?.name === 'create-workspace' && location.hash !== `#${address}`) replacePath(address);
    }, 300);
    return () => clearTimeout(timer);
  }, [address]);
}
