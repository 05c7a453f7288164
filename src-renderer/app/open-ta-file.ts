/** A file of a trust anchor goes where it is opened: up to main, which reads it and holds it, then to its screen. */
import { uploadBlob } from './blob-upload.ts';
import { call } from './call.ts';
import { navigate } from './router.ts';
import type { OpenableTaFile, TaFileGuess } from './sniff-ta-file.ts';

type Progress = (share: number) => void;

/** Hands `file` to main as what it is said to be, and goes to its screen. Throws CallError when it is something else. */
export async function openTaFile(kind: OpenableTaFile, file: File, onProgress?: Progress): Promise<void> {
  const blob = await uploadBlob(file, { use: 'transfer', ...(onProgress ? { onProgress } : {}) });
  switch (kind) {
    case 'request':
      return navigate('ta-review', { id: (await call('ta.openRequest', { blob })).review });
    case 'response':
      // Where there is no proxy, its signer takes one back that it lost with a restore.
      return (await call('ta.proxy', {})).proxy === null
        ? navigate('trust-anchor', {}, { back: (await call('ta.openTakeBack', { blob })).back })
        : navigate('ta-response', { id: (await call('ta.openResponse', { blob })).review });
    case 'signer-info':
      return navigate('ta-signer-info', { id: (await call('ta.openSignerInfo', { blob })).info });
    case 'child':
      return navigate('trust-anchor', {}, { child: (await call('ta.openChildInfo', { blob })).info });
  }
}

const OPENABLE: readonly TaFileGuess[] = ['request', 'response', 'signer-info', 'child'];

export function isOpenable(kind: TaFileGuess | null): kind is OpenableTaFile {
  return kind !== null && OPENABLE.includes(kind);
}
