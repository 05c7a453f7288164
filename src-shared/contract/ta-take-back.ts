/** Channels of taking an own response back at a signer that was restored from before it. */
import * as z from 'zod';
import { change, channel, hex, id, instant } from './channel.ts';

export const takeBackReview = z.strictObject({
  file: z.strictObject({ name: z.string(), sha256: hex }),
  nonce: z.string(),
  /** When it was signed. */
  at: instant,
  /** Decimal: of the response, of what the signer stands at, and of what it will stand at. */
  number: z.string(),
  before: z.string(),
  after: z.string(),
  /** Its request is there too, so that it is a whole exchange again. */
  request: z.boolean(),
  /** What it issued and revoked, by child. */
  wishes: z.array(
    z.strictObject({
      child: z.string(),
      keyId: hex,
      what: z.enum(['issued', 'revoked']),
      resources: z.array(z.string()),
      notAfter: instant.nullable(),
    }),
  ),
  certificates: z.strictObject({ before: z.number().int(), after: z.number().int() }),
  revoked: z.strictObject({ before: z.number().int(), after: z.number().int() }),
  /** What a person should know before it is taken back, as sentences. */
  remarks: z.array(z.string()),
});
export type TakeBackReview = z.infer<typeof takeBackReview>;

export const taTakeBackChannels = {
  /** Reads a response and holds it. Refused, with a record, unless it is one that this signer made and no longer knows. */
  'ta.openTakeBack': change('unlocked', z.strictObject({ blob: id }), z.strictObject({ back: id })),
  /** The request that it answers, beside it. Refused when it is another one. */
  'ta.takeBackRequest': change('unlocked', z.strictObject({ id, blob: id }), z.strictObject({})),
  'ta.takeBackReview': channel('unlocked', z.strictObject({ id }), takeBackReview),
  /** Judges it again and makes it the state. Starts a job; its result id is the exchange, or "signer" without its request. */
  'ta.takeBack': change('unlocked', z.strictObject({ id }), z.strictObject({ job: id })),
};
