/** Why a file is not inspected, in a sentence; what belongs to another part of Baleen is sent there. */
import { AppError } from '../lib/app-error.ts';
import { sentence } from '../lib/sentence.ts';
import { fileWords, recogniseFile, type TaFileKind } from '../rpki/exchange-file.ts';
import { damageWords } from '../rpki/file-damage.ts';
import { X509Error } from '../x509/x509-error.ts';

/** What a reader says, as a refusal of the file; any other failure as it is. */
export function unreadable(error: unknown, name: string): unknown {
  return error instanceof X509Error
    ? new AppError('INVALID_INPUT', sentence(error.message), { subject: name })
    : error;
}

/** What the files of a trust anchor begin with. */
const TRUST_ANCHOR =
  /^\s*(?:\{\s*"(?:request|response|signed|id|id_cert|public_key|repo_info|handle)"|<[^]*\/rpki-setup\/)/;

/** What another part of Baleen reads, said instead of a mere refusal; null when it is not that. */
function ofTrustAnchor(error: unknown, kind: TaFileKind, name: string): AppError | null {
  if (!(error instanceof X509Error) || kind === 'unknown') return null;
  return new AppError('INVALID_INPUT', `This is ${fileWords(kind)}. It is opened under Trust anchor.`, {
    subject: name,
  });
}

/** One of those, cut off or damaged on its way; null when it is not that. */
function damaged(error: unknown, bytes: Uint8Array, name: string): AppError | null {
  const head = Buffer.from(bytes.subarray(0, 4096)).toString('latin1');
  if (!(error instanceof X509Error) || !TRUST_ANCHOR.test(head)) return null;
  const words = damageWords(bytes);
  return words === null
    ? null
    : new AppError('INVALID_INPUT', `${name} is ${words}. Copy it again from where it was made.`, {
        subject: name,
      });
}

/** The refusal of a file that nothing was recognised in. */
export function refusalOf(error: unknown, bytes: Buffer, name: string): unknown {
  const kind = recogniseFile(bytes);
  const damage = kind === 'unknown' ? damaged(error, bytes, name) : null;
  return ofTrustAnchor(error, kind, name) ?? damage ?? unreadable(error, name);
}
