/** Refuses a file that is not the wanted kind, and says why one that looks like it cannot be read. */
import { AppError } from '../lib/app-error.ts';
import { JsonError, readJson } from '../lib/json-reader.ts';
import { fileWords, recogniseFile, type TaFileKind } from '../rpki/exchange-file.ts';

/** What is wrong with something that begins as JSON does; empty: nothing, or it is something else. */
function jsonProblem(bytes: Uint8Array): string {
  if (!/^\s*[[{]/.test(Buffer.from(bytes.subarray(0, 100)).toString('latin1'))) return '';
  try {
    readJson(bytes);
    return '';
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return ` that can be read: ${error.path === '' ? '' : `${error.path.slice(0, 100)}: `}${error.message}`;
  }
}

/** Throws AppError INVALID_INPUT. */
export function requireFile(name: string, bytes: Uint8Array, wanted: TaFileKind): void {
  const kind = recogniseFile(bytes);
  if (kind === wanted) return;
  throw new AppError(
    'INVALID_INPUT',
    `${name} is ${fileWords(kind)}${kind === 'unknown' ? jsonProblem(bytes) : ''}; wanted is ${fileWords(wanted)}. Nothing was changed.`,
  );
}
