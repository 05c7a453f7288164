/** Channels of the exchange station: sticks, or a folder in the place of one, what lies on them, reading and writing there. */
import * as z from 'zod';
import { change, channel, hex, id, instant, nothing } from './channel.ts';
import { childExport } from './ta-child.ts';
import { proxyExport } from './ta-proxy-files.ts';
import { taExport, taFileKind } from './ta.ts';

/** A name in the top folder of a stick: no path. */
const fileName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^/\\\0]+$/);

/** Where a file is opened. */
export const stickOpens = z.enum([
  'review',
  'response',
  'take-back',
  'signer-info',
  'child-info',
  'setup',
  'repository',
  'local-child',
]);
export type StickOpens = z.infer<typeof stickOpens>;

export const stickFile = z.strictObject({
  name: z.string(),
  kind: taFileKind,
  /**
   * `expected`: what this half waits for. `own`: written here, on its way to the other half. `done`: taken already.
   * `later`: right, and not its turn yet. `stale`: answered, withdrawn, replaced or out of date. `damaged`: cut off or
   * altered. `unexpected`: anything else.
   */
  state: z.enum(['expected', 'own', 'done', 'later', 'stale', 'damaged', 'unexpected']),
  /** What it is and what to do about it, with the field that shows it. */
  says: z.string(),
  size: z.number().int(),
  modifiedAt: instant,
  /** null: it was not looked into, or its digits are asked for at the review. */
  sha256: hex.nullable(),
  opens: stickOpens.nullable(),
});
export type StickFile = z.infer<typeof stickFile>;

/** One of the files this workspace hands out. */
export const stickOrder = z.discriminatedUnion('half', [
  z.strictObject({
    half: z.literal('signer'),
    what: taExport,
    /** The exchange, for a response. */
    id: id.nullable(),
  }),
  z.strictObject({
    half: z.literal('proxy'),
    what: proxyExport,
    /** For a parent response. */
    child: z.string().max(255).nullable(),
  }),
  z.strictObject({ half: z.literal('child'), what: childExport, child: z.string().max(255) }),
]);
export type StickOrder = z.infer<typeof stickOrder>;

/** A file that should travel now. */
export const stickOffer = z.strictObject({
  order: stickOrder,
  name: z.string(),
  from: z.string(),
  to: z.string(),
  says: z.string(),
  sha256: hex,
});
export type StickOffer = z.infer<typeof stickOffer>;

export const stick = z.strictObject({
  id,
  kind: z.enum(['volume', 'folder']),
  label: z.string(),
  /** For showing only. */
  path: z.string(),
  /** null for a folder. */
  totalBytes: z.number().nullable(),
  freeBytes: z.number().nullable(),
  /** Why its files cannot be listed. */
  problem: z.string().nullable(),
  files: z.array(stickFile),
  /** Files of systems and hidden ones, which nobody put there on purpose. */
  hidden: z.number().int(),
  /** Files that are not listed, because there are too many. */
  more: z.number().int(),
});
export type Stick = z.infer<typeof stick>;

export const taStickChannels = {
  'ta.sticks': channel(
    'unlocked',
    nothing,
    z.strictObject({
      sticks: z.array(stick),
      /** What should be written next, the first first. */
      offers: z.array(stickOffer),
      /** What each half waits for, as sentences. */
      waits: z.array(z.string()),
    }),
  ),
  /** A file from anywhere, judged as if it lay on a stick; it is opened nowhere by that. */
  'ta.judgeFile': channel(
    'unlocked',
    z.strictObject({ blob: id }),
    z.strictObject({ state: stickFile.shape.state, says: z.string() }),
  ),
  /** Which of the files that should travel now were written already, somewhere: as the audit has it. */
  'ta.handedOut': channel(
    'unlocked',
    nothing,
    z.strictObject({ files: z.array(stickOffer.pick({ order: true, sha256: true })) }),
  ),
  /** A chosen folder stands in for a stick, in this workspace, until it is forgotten. `folder`: a ticket. */
  'ta.stickFolder': change('unlocked', z.strictObject({ folder: id }), z.strictObject({ path: z.string() })),
  'ta.forgetStickFolder': change('unlocked', nothing, nothing),
  /** Reads a file once and hands it to where it is opened. `id`: what that place knows it by. */
  'ta.stickOpen': change(
    'unlocked',
    z.strictObject({ stick: id, name: fileName }),
    z.strictObject({
      opens: stickOpens,
      id: z.string().max(255),
      says: z.string(),
      /** The file itself, where the place wants to show it first (`repository`). */
      text: z.string().nullable(),
    }),
  ),
  /** Writes a file under its own name, reads it back and compares. FILE_EXISTS says what lies there. */
  'ta.stickWrite': change(
    'unlocked',
    z.strictObject({ stick: id, order: stickOrder, overwrite: z.boolean() }),
    z.strictObject({
      name: z.string(),
      path: z.string(),
      sha256: hex,
      /** Read back from the medium itself; false: from the system, which may have kept it in memory. */
      fromMedium: z.boolean(),
      /** The same file was there already; nothing was written. */
      already: z.boolean(),
    }),
  ),
};
