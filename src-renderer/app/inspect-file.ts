/**
 * A file to look at: up to main, inspected there, then shown. What it holds is main's business; this is the
 * way every dropped or chosen file takes.
 */
import { uploadBlob } from './blob-upload.ts';
import { asCallError, call } from './call.ts';
import { formatPath, goToPath } from './router.ts';
import { useView } from './state.ts';

/** Hands the file to the inspector and goes there. A refusal is said there too, until the next file. */
export async function inspectFile(
  file: File,
  options: { onProgress?: (share: number) => void; signal?: AbortSignal } = {},
): Promise<void> {
  useView.setState({ refusedFile: null });
  try {
    const blob = await uploadBlob(file, { use: 'inspect', ...options });
    const inspection = await call('inspect.blob', { blob });
    goToPath(formatPath('inspect', { id: inspection.id }));
  } catch (thrown) {
    const error = asCallError('inspect.blob', thrown);
    if (error.code === 'CANCELLED') return;
    useView.setState({ refusedFile: { name: file.name, error } });
    goToPath(formatPath('inspect'));
  }
}
