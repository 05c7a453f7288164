/** Refuses a file that is not the wanted kind, and says why one that looks like it cannot be read. */
import { AppError } from '../lib/app-error.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { fileWords, recogniseFile, type TaFileKind } from '../rpki/exchange-file.ts';
import { whatFileIs } from '../rpki/file-damage.ts';

/** What it is instead, and what is wanted. `kind`: what it was recognised as. */
export const wrongFile = (
  name: string,
  bytes: Uint8Array,
  kind: TaFileKind,
  ...wanted: TaFileKind[]
): AppError =>
  new AppError(
    'INVALID_INPUT',
    `${name} is ${whatFileIs(bytes, kind)}; wanted is ${wanted.map(fileWords).join(' or ')}. Nothing was changed.`,
    // So that its record says later which file it was.
    { file: { name, sha256: sha256Hex(bytes) } },
  );

/** Throws AppError INVALID_INPUT. */
export function requireFile(name: string, bytes: Uint8Array, wanted: TaFileKind): void {
  const kind = recogniseFile(bytes);
  if (kind !== wanted) throw wrongFile(name, bytes, kind, wanted);
}
