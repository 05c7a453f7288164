/** Moving to another default signer by rolling keys: what stands where, and the next step of each owner (H-030, H-031, H-033). */
import * as z from 'zod';
import { change, channel, id, nothing } from './channel.ts';

export const migrationRow = z.strictObject({
  /** What `signers.roll` names: an authority, a child, a half of the trust anchor. */
  owner: id,
  title: z.string(),
  what: z.enum(['root', 'intermediate', 'rpki-child', 'trust-anchor', 'identity']),
  /** Names of the signers. */
  from: z.string(),
  to: z.string(),
  state: z.enum(['there', 'can-roll', 'rolling', 'cannot']),
  /** The next step, or why it cannot be rolled; one sentence. */
  text: z.string(),
  /** What is lost or has to follow, shown before it begins; "" for nothing. */
  warning: z.string(),
  /** The step that `signers.roll` does now, as a button says it; "" while there is none to do here. */
  action: z.string(),
});

export const signerMigration = z.strictObject({
  /** The default signer. */
  to: z.string(),
  /** Why nothing can be rolled to it now, its own sentence; "" when it can. */
  blocked: z.string(),
  rows: z.array(migrationRow),
  /** How many rows are there. */
  done: z.number().int(),
  /** Long-lived keys that lie in this workspace's files, the newest first, 100 at most (H-033); null: software is the default. */
  softwareKeys: z
    .strictObject({ total: z.number().int(), rows: z.array(z.strictObject({ id, label: z.string() })) })
    .nullable(),
});
export type SignerMigration = z.infer<typeof signerMigration>;

export const signerMigrationChannels = {
  'signers.migration': channel('unlocked', nothing, signerMigration),
  /** Begins, or goes on with, the roll of one owner to the default signer. A job that contacts it first. */
  'signers.roll': change('unlocked', z.strictObject({ owner: id }), z.strictObject({ job: id })),
};
