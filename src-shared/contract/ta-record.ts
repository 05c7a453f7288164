/** Channels of the record of exchanges: one written to a file, and files judged again, years later, without a trust anchor here. */
import * as z from 'zod';
import { change, channel, hex, id, instant } from './channel.ts';

export const checkedExchange = z.strictObject({
  at: instant,
  /** Of the manifest it made; "" when it cannot be read. */
  number: z.string(),
  nonce: z.string(),
  children: z.array(z.string()),
  holds: z.boolean(),
  checks: z.array(z.strictObject({ ok: z.boolean().nullable(), text: z.string() })),
  faults: z.array(z.strictObject({ text: z.string(), clause: z.string() })),
});
export type CheckedExchange = z.infer<typeof checkedExchange>;

/** A certificate by what it is compared by. */
const compared = z.strictObject({ keyId: hex, sha256: hex });

export const recordCheck = z.strictObject({
  proxy: compared,
  signer: compared,
  /** Oldest first. */
  exchanges: z.array(checkedExchange),
});
export type RecordCheck = z.infer<typeof recordCheck>;

export const taRecordChannels = {
  /** `json`: as krillta writes its exchanges; `text`: as it prints them. Of either half. */
  'ta.exportExchange': change(
    'unlocked',
    z.strictObject({ id, form: z.enum(['json', 'text']), target: id, overwrite: z.boolean() }),
    z.strictObject({ path: z.string(), sha256: hex }),
  ),
  /**
   * Judges exchanges (exchanges.json, or one of them) by two identities alone: proxy-id.json, and signer-info.json or the
   * signer's identity. Blobs; nothing of this workspace is asked or changed.
   */
  'ta.checkRecord': channel(
    'unlocked',
    z.strictObject({ exchanges: id, proxy: id, signer: id }),
    recordCheck,
  ),
};
