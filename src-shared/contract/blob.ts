/** Bytes have one path of their own: up in chunks, down by a one-time id over the routed fetch. */
import * as z from 'zod';
import { channel, id } from './channel.ts';

/** Size of one chunk up, and the most a blob may hold (X-001 sets smaller limits per use). */
export const BLOB_CHUNK_BYTES = 1_048_576;
export const BLOB_LIMIT_BYTES = 67_108_864;

export const blobChannels = {
  /** First call: `blob` null and `total` set; the limit is checked before the first byte is kept. */
  'blob.put': channel(
    'nothing',
    z.strictObject({
      blob: id.nullable(),
      name: z.string().max(255),
      total: z.number().int().min(0),
      offset: z.number().int().min(0),
      chunk: z
        .instanceof(Uint8Array)
        .refine((bytes) => bytes.length <= BLOB_CHUNK_BYTES, 'chunk is over 1 MiB'),
    }),
    z.strictObject({ blob: id, received: z.number().int(), complete: z.boolean() }),
  ),
  /** Only the shells' asset routes call it, through dispatch like everything else. Ends the blob. */
  'blob.get': channel(
    'nothing',
    z.strictObject({ blob: id }),
    z.strictObject({ bytes: z.instanceof(Uint8Array), mediaType: z.string(), name: z.string() }),
  ),
  'blob.drop': channel('nothing', z.strictObject({ blob: id }), z.strictObject({})),
};
