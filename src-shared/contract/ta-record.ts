/** Channels of the record of exchanges: one written to a file, and files judged again, years later, without a trust anchor here. */
import * as z from 'zod';
import { change, channel, hex, id, instant, pageIn, pageOut } from './channel.ts';

/** The files of the record that either half writes: two in krillta's forms, and what they have no place for. */
export const recordExports = ['exchanges-text', 'exchanges-json', 'record-json'] as const;

export const checkedExchange = z.strictObject({
  at: instant,
  /** Of the manifest it made; "" when it cannot be read. */
  number: z.string(),
  nonce: z.string(),
  children: z.array(z.string()),
  holds: z.boolean(),
  checks: z.array(z.strictObject({ ok: z.boolean().nullable(), text: z.string() })),
  faults: z.array(z.strictObject({ text: z.string(), clause: z.string() })),
  /** What the file leaves out, as this one shows: no fault of it. */
  gaps: z.array(z.string()),
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

/** What stands in the record beside the exchanges: it is an entry of the audit. */
export const recordEvent = z.strictObject({
  /** Of the audit. */
  seq: z.number().int().min(1),
  at: instant,
  half: z.enum(['signer', 'proxy']),
  /**
   * `reissued`: another TA certificate for the same key; `went-on`: what a clock that was ahead made was made anew; `rejected`: by the
   * signer's operator; `refused`: it did not hold; `withdrawn`: by the proxy's operator;
   * `taken-over`: signer-info.json at the proxy; `rule`: how many people approve from then on.
   */
  kind: z.enum([
    'reissued',
    'went-on',
    'taken-back',
    'rejected',
    'refused',
    'withdrawn',
    'taken-over',
    'rule',
  ]),
  /** One sentence, with the reason. */
  says: z.string(),
  /** Files, certificates, numbers and URIs it is about; `sha256` of those that have one. */
  subjects: z.array(z.strictObject({ type: z.string(), id: z.string(), sha256: hex.nullable() })),
});
export type RecordEvent = z.infer<typeof recordEvent>;

export const taRecordChannels = {
  /** Reissues and messages that were refused, rejected or withdrawn, newest first. `half` null: of both. */
  'ta.recordEvents': channel(
    'unlocked',
    z.strictObject({
      cursor: pageIn.cursor,
      limit: pageIn.limit,
      half: z.enum(['signer', 'proxy']).nullable().default(null),
    }),
    pageOut(recordEvent),
  ),
  'ta.recordEvent': channel(
    'unlocked',
    z.strictObject({ seq: z.number().int().min(1) }),
    z.strictObject({ event: recordEvent }),
  ),
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
