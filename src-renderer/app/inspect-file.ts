/**
 * A file to look at: a trust anchor's goes where it is opened, everything else up to main, inspected there, then shown.
 * What it holds is main's business; this is the way every dropped or chosen file takes.
 */
import { uploadBlob } from './blob-upload.ts';
import { asCallError, call } from './call.ts';
import { isOpenable, openTaFile } from './open-ta-file.ts';
import { leavePending } from './pending-file.ts';
import { formatPath, goToPath, navigate } from './router.ts';
import { claimedTaFile, type OpenableTaFile, sniffTaFile } from './sniff-ta-file.ts';
import { useView } from './state.ts';

interface Options {
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/** Whether the half of the trust anchor that opens it is in this workspace. */
async function isOpenedHere(kind: OpenableTaFile): Promise<boolean> {
  if (kind === 'request') return (await call('ta.signer', {})).signer !== null;
  if ((await call('ta.proxy', {})).proxy !== null) return true;
  // A signer that was restored takes back what it made since.
  return kind === 'response' && ((await call('ta.signer', {})).signer?.missingUpTo ?? null) !== null;
}

/** true: it was one of a trust anchor's files and is open, or it was said where it belongs. */
async function openedAtTrustAnchor(file: File, { onProgress }: Options): Promise<boolean> {
  const kind = await sniffTaFile(file);
  const claimed = kind === null ? claimedTaFile(file.name) : null;
  const opened = isOpenable(kind) ? kind : claimed;
  if (opened !== null && (await isOpenedHere(opened))) {
    await openTaFile(opened, file, onProgress);
    return true;
  }
  if (kind === 'repository-response') {
    leavePending(file);
    navigate('ta-repository');
    return true;
  }
  if (kind === null) return false;
  const blob = await uploadBlob(file, { use: 'transfer', ...(onProgress ? { onProgress } : {}) });
  const here = await call('ta.judgeFile', { blob });
  useView.setState({
    strayFile: { name: file.name, kind, here: here.state === 'unexpected' ? null : here },
  });
  navigate('inspect');
  return true;
}

/** Hands the file to the inspector, or to the trust anchor, and goes there. A refusal is said there too, until the next file. */
export async function inspectFile(file: File, options: Options & { unlocked?: boolean } = {}): Promise<void> {
  const { unlocked = false, ...upload } = options;
  useView.setState({ refusedFile: null, strayFile: null });
  try {
    if (unlocked && (await openedAtTrustAnchor(file, upload))) return;
    const blob = await uploadBlob(file, { use: 'inspect', ...upload });
    const inspection = await call('inspect.blob', { blob });
    goToPath(formatPath('inspect', { id: inspection.id }));
  } catch (thrown) {
    const error = asCallError('inspect.blob', thrown);
    if (error.code === 'CANCELLED') return;
    useView.setState({ refusedFile: { name: file.name, error } });
    goToPath(formatPath('inspect'));
  }
}

/** The same for a file that was dropped on the window: how far it is stands beside the messages. */
export async function inspectDropped(file: File, unlocked: boolean): Promise<void> {
  const { name } = file;
  useView.setState({ reading: { name, share: 0 } });
  try {
    await inspectFile(file, {
      unlocked,
      onProgress: (share) => useView.setState({ reading: { name, share } }),
    });
  } finally {
    useView.setState({ reading: null });
  }
}
