/**
 * Bytes on their way between renderer and main: up in chunks, down once by a one-time id. Kept in memory only,
 * for a bounded time and in a bounded amount; nothing is parsed here.
 */
import { BLOB_LIMITS } from '#shared/contract/blob.ts';
import { shownText } from '#shared/hidden-characters.ts';
import { AppError } from '../lib/app-error.ts';
import { tooLarge } from '../lib/atomic-file.ts';
import { wipe } from '../lib/bytes.ts';
import { newId } from '../lib/ids.ts';
import type { Clock, Random } from '../ports.ts';
import { holdsPrivateKey } from './secret-check.ts';

export type BlobUse = keyof typeof BLOB_LIMITS;

interface Blob {
  name: string;
  bytes: Buffer;
  received: number;
  forget: () => void;
}

export interface Blobs {
  put(chunk: {
    blob: string | null;
    name: string;
    use: BlobUse;
    total: number;
    offset: number;
    chunk: Uint8Array;
  }): {
    blob: string;
    received: number;
    complete: boolean;
  };
  /** Ends the blob: a second `take` of the same id is NOT_FOUND. */
  take(id: string): { name: string; bytes: Buffer };
  /** Keeps a copy of bytes that main made itself (a key found by the inspector). */
  add(name: string, bytes: Uint8Array): string;
  drop(id: string): void;
  clear(): void;
}

const KEEP_MS = 10 * 60_000;
const MOST_BLOBS = 16;
const MOST_BYTES = 4 * BLOB_LIMITS.transfer;

export function createBlobs(deps: { clock: Clock; random: Random }): Blobs {
  const blobs = new Map<string, Blob>();

  function drop(id: string): void {
    const blob = blobs.get(id);
    if (blob === undefined) return;
    blob.forget();
    wipe(blob.bytes);
    blobs.delete(id);
  }

  function begin(name: string, use: BlobUse, total: number): string {
    if (total > BLOB_LIMITS[use]) throw tooLarge(name, total, BLOB_LIMITS[use]);
    const held = (): number => [...blobs.values()].reduce((sum, blob) => sum + blob.bytes.length, 0);
    while (blobs.size >= MOST_BLOBS || held() + total > MOST_BYTES) {
      const oldest = blobs.keys().next().value;
      if (oldest === undefined) break;
      drop(oldest);
    }
    const id = newId('blob', deps.random);
    blobs.set(id, {
      // A name with a key in it would be quoted in refusals, and the record of one stays for ever.
      name: holdsPrivateKey(name) ? 'A file' : shownText(name),
      bytes: Buffer.alloc(total),
      received: 0,
      forget: deps.clock.after(KEEP_MS, () => drop(id)),
    });
    return id;
  }

  function find(id: string): Blob {
    const blob = blobs.get(id);
    if (blob === undefined)
      throw new AppError('NOT_FOUND', 'The file is no longer in memory. Choose it again.');
    return blob;
  }

  return {
    put({ blob: given, name, use, total, offset, chunk }) {
      const id = given ?? begin(name, use, total);
      const blob = find(id);
      if (total !== blob.bytes.length || offset !== blob.received || offset + chunk.length > total) {
        drop(id);
        throw new AppError('INVALID_INPUT', `${blob.name} did not arrive in order. Choose it again.`);
      }
      blob.bytes.set(chunk, offset);
      blob.received += chunk.length;
      return { blob: id, received: blob.received, complete: blob.received === total };
    },
    take(id) {
      const blob = find(id);
      if (blob.received !== blob.bytes.length)
        throw new AppError('INVALID_INPUT', `${blob.name} has not arrived whole. Choose it again.`);
      blob.forget();
      blobs.delete(id);
      return { name: blob.name, bytes: blob.bytes };
    },
    add(name, bytes) {
      const id = begin(name, 'key', bytes.length);
      const blob = find(id);
      blob.bytes.set(bytes);
      blob.received = bytes.length;
      return id;
    },
    drop,
    clear() {
      for (const id of [...blobs.keys()]) drop(id);
    },
  };
}
