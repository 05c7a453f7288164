/** Bytes have one path of their own: up in chunks, down by a one-time id over the routed fetch. */
import * as z from 'zod';
import { change, channel, id } from './channel.ts';

/** Size of one chunk up. */
export const BLOB_CHUNK_BYTES = 1_048_576;

/** What the bytes are for, and how many there may be; checked before the first chunk is kept. */
export const BLOB_LIMITS = {
  /** Certificates, bundles, CRLs, PKCS#12: anything dropped on the window. */
  inspect: 8_388_608,
  /** Private keys and certificate requests. */
  key: 1_048_576,
  /** Whatever a later exchange carries. */
  transfer: 67_108_864,
} as const;

export const blobChannels = {
  /** First call: `blob` null and `total` set; the limit is checked before the first byte is kept. */
  'blob.put': change(
    'nothing',
    z.strictObject({
      blob: id.nullable(),
      name: z.string().max(255),
      use: z.enum(['inspect', 'key', 'transfer']).default('transfer'),
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
