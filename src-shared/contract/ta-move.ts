/** Channels of what a move between krillta and this workspace leaves to be settled by a person. */
import * as z from 'zod';
import { change, channel, instant, nothing } from './channel.ts';
import { taTiming } from './ta-setup.ts';

/** By what was moved; a person settles each. */
export const taMoves = {
  /** What came along with a data directory that was taken over. */
  imported: z.strictObject({
    at: instant,
    folder: z.string(),
    exchanges: z.number().int(),
    /** Of the last manifest. */
    number: z.string(),
    certificates: z.number().int(),
    revoked: z.number().int(),
    /** Keys that lie in the clear in that folder. */
    clearKeys: z.number().int(),
    timing: taTiming,
    /** Where each time comes from, in words. */
    timesFrom: z.record(taTiming.keyof(), z.string()),
  }),
  /** A folder that was written for krillta. */
  written: z.strictObject({
    at: instant,
    folder: z.string(),
    /** Keys lie in it in the clear; false: it says where they lie on a device. */
    clear: z.boolean(),
  }),
};

const moves = z.strictObject({ imported: taMoves.imported.nullable(), written: taMoves.written.nullable() });
export type Moves = z.infer<typeof moves>;

export const taMoveChannels = {
  /** null: there was none, or it is settled. */
  'ta.moves': channel('unlocked', nothing, moves),
  /** A person compared what came along and took krillta's folder away; or says that this signer goes on, not krillta. */
  'ta.settleMove': change('unlocked', z.strictObject({ which: z.enum(['imported', 'written']) }), nothing),
};
