/** Moving to another default signer by rolling keys: what stands where (H-030, H-031). Their channels are not in the map before their handlers are. */
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
});

export const signerMigration = z.strictObject({
  to: z.string(),
  rows: z.array(migrationRow),
  done: z.number().int(),
  /** Long-lived keys that lie in this workspace's files while a device is the default (H-033). */
  softwareKeys: z.array(z.strictObject({ id, label: z.string() })),
});
export type SignerMigration = z.infer<typeof signerMigration>;

/** @public */
export const signerMigrationChannels = {
  'signers.migration': channel('unlocked', nothing, signerMigration),
  /** Begins, or goes on with, the roll of one owner to the default signer. A job. */
  'signers.roll': change('unlocked', z.strictObject({ owner: id }), z.strictObject({ job: id })),
};
