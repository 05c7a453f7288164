/**
 * Bytes on their way to main: a file in chunks of 1 MiB, the limit checked before the first byte is read.
 * What the bytes are is for main to find out.
 */
import { BLOB_CHUNK_BYTES, BLOB_LIMITS } from '#shared/contract/blob.ts';
import { CallError, call } from './call.ts';

export type BlobUse = keyof typeof BLOB_LIMITS;

export interface UploadOptions {
  /** What the bytes are for; sets the limit. */
  use: BlobUse;
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/** "25.0 MiB", "8 MiB", "312 KiB", "96 B". */
export function sizeText(bytes: number): string {
  if (bytes >= 1_048_576) {
    const whole = bytes % 1_048_576 === 0;
    return `${(bytes / 1_048_576).toFixed(whole ? 0 : 1)} MiB`;
  }
  return bytes >= 1024 ? `${Math.round(bytes / 1024)} KiB` : `${bytes} B`;
}

function refuse(code: 'CANCELLED' | 'INVALID_INPUT', message: string, subject: string): CallError {
  return new CallError('blob.put', { code, message, ref: '', details: { subject } });
}

/**
 * Hands a file to main and returns the blob's id.
 * @throws CallError TOO_LARGE before anything is read, CANCELLED by the signal, or what `blob.put` refuses.
 */
export async function uploadBlob(file: File, options: UploadOptions): Promise<string> {
  const common = { name: file.name.slice(0, 255), use: options.use, total: file.size };
  // Not one octet is read of a file over the limit: main hears its size, refuses, and has it on record.
  if (file.size > BLOB_LIMITS[options.use])
    await call('blob.put', { ...common, blob: null, offset: 0, chunk: new Uint8Array() });
  let blob: string | null = null;
  let offset = 0;
  try {
    do {
      if (options.signal?.aborted) throw refuse('CANCELLED', 'The upload was cancelled.', file.name);
      const chunk = new Uint8Array(await file.slice(offset, offset + BLOB_CHUNK_BYTES).arrayBuffer());
      if (chunk.length === 0 && offset < file.size) {
        throw refuse(
          'INVALID_INPUT',
          'The file became shorter while it was read. Choose it again.',
          file.name,
        );
      }
      const answer: { blob: string } = await call('blob.put', { ...common, blob, offset, chunk });
      blob = answer.blob;
      offset += chunk.length;
      options.onProgress?.(file.size === 0 ? 1 : offset / file.size);
    } while (offset < file.size);
  } catch (thrown) {
    // Main forgets it by itself after a while; this only makes it sooner.
    if (blob !== null) await call('blob.drop', { blob }).catch(() => undefined);
    throw thrown;
  }
  return blob;
}
