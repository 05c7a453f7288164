/**
 * Bytes on their one path, the same in both shells: up in chunks through the bridge, down once by address. The shell
 * says how it calls and fetches; what must come back stands here. Not shipped.
 */
import { createHash } from 'node:crypto';
import { BLOB_PATH } from '#shared/bridge.ts';
import { BLOB_CHUNK_BYTES } from '#shared/contract/blob.ts';

export const BYTES_SIZES = [0, 1_048_576, 25 * 1_048_576];

/** Octets with no period that a chunk border could hide. */
export function patternAt(index: number): number {
  return (index * 31 + (index >> 8) * 7 + (index >> 16)) & 0xff;
}

interface BytesShell {
  /** One chunk up; answers the id of the blob. */
  put(part: {
    blob: string | null;
    name: string;
    use: 'transfer';
    total: number;
    offset: number;
    chunk: Uint8Array;
  }): Promise<string>;
  /** Status and SHA-256 in hex of what lies under a path of our origin. */
  fetchHash(path: string): Promise<{ status: number; sha256: string; length: number }>;
}

/** Sends `size` octets up and fetches them back, twice: the second time they are gone. */
export async function bytesThere(shell: BytesShell, size: number) {
  const bytes = Uint8Array.from({ length: size }, (_, index) => patternAt(index));
  let blob: string | null = null;
  for (let offset = 0; offset === 0 || offset < size; offset += BLOB_CHUNK_BYTES)
    blob = await shell.put({
      blob,
      name: 'bytes',
      use: 'transfer',
      total: size,
      offset,
      chunk: bytes.subarray(offset, offset + BLOB_CHUNK_BYTES),
    });
  const path = `${BLOB_PATH}${blob ?? ''}`;
  return {
    sent: { status: 200, sha256: createHash('sha256').update(bytes).digest('hex'), length: size },
    came: await shell.fetchHash(path),
    again: (await shell.fetchHash(path)).status,
  };
}
