/** Channels that read and write `[[signers]]` of krill.conf and krillta.conf (H-012). */
import * as z from 'zod';
import { change, channel, id, nothing } from './channel.ts';

export const signerTomlChannels = {
  /** Reads [[signers]] of a krill.conf or krillta.conf into the pending configuration; nothing is kept when it is refused. */
  'signers.importToml': change(
    'unlocked',
    z.strictObject({ revision: z.number().int(), blob: id }),
    z.strictObject({
      /** "user_pin of \"My token\" was a number: stored as text." */
      notes: z.array(z.string()),
      imported: z.number().int(),
    }),
  ),
  /** What an export would hold, secrets as comments. */
  'signers.toml': channel(
    'unlocked',
    nothing,
    z.strictObject({
      text: z.string(),
      notes: z.array(z.string()),
      /** Starts krillta with the variables of the signers; null: there are none, or it takes more than one line. */
      command: z.string().nullable(),
    }),
  ),
  'signers.exportToml': change(
    'unlocked',
    z.strictObject({ target: id, secrets: z.boolean(), overwrite: z.boolean() }),
    z.strictObject({ path: z.string() }),
  ),
};
