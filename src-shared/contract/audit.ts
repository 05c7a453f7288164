/** Channels of the audit: list, verify, export. Nothing here writes a record. */
import * as z from 'zod';
import { change, channel, hex, id, instant, nothing, pageIn, pageOut } from './channel.ts';

export const auditOutcome = z.enum(['done', 'refused', 'failed']);

export const auditRecord = z.strictObject({
  seq: z.number().int().min(1),
  at: instant,
  /** Dotted, the channel's words where there is one: "ca.issue", "workspace.unlock". */
  action: z.string(),
  outcome: auditOutcome,
  /** One sentence for a person. */
  summary: z.string(),
  subjects: z.array(z.strictObject({ type: z.string(), id: z.string(), sha256: hex.nullable() })),
  version: z.string(),
  previous: hex,
  hash: hex,
});
export type AuditRecord = z.infer<typeof auditRecord>;

/** With its code, as audit.jsonl has it: for comparing line by line. */
export const auditEntry = auditRecord.extend({ mac: hex });

export const auditFault = z.strictObject({
  /** The first entry that is wrong. */
  seq: z.number().int(),
  kind: z.enum(['altered', 'missing', 'reordered', 'truncated', 'forged', 'unreadable', 'head']),
  text: z.string(),
});

export const auditHead = z.strictObject({
  entries: z.number().int(),
  head: hex,
  /** The head in the short form that is written down: "1284 9C1E 44B7 03FA". */
  short: z.string(),
});

export const auditChannels = {
  'audit.head': channel('unlocked', nothing, auditHead),
  /** While it is locked: the head as it was signed at the last lock. Its signature is checked at the next unlock. */
  'audit.lockedHead': channel(
    'workspace',
    nothing,
    z.strictObject({ head: auditHead.nullable(), at: instant.nullable() }),
  ),
  'audit.list': channel(
    'unlocked',
    z.strictObject({
      ...pageIn,
      outcome: auditOutcome.nullable().default(null),
      action: z.string().max(64).nullable().default(null),
      from: instant.nullable().default(null),
      to: instant.nullable().default(null),
    }),
    pageOut(auditRecord),
  ),
  'audit.get': channel('unlocked', z.strictObject({ seq: z.number().int().min(1) }), auditEntry),
  /** What was found wrong and nobody has dealt with yet, and when the whole audit was looked at last since the unlock. */
  'audit.state': channel(
    'unlocked',
    nothing,
    z.strictObject({ wrong: z.string().nullable(), lookedAt: instant.nullable() }),
  ),
  /** A person has looked into what was found wrong: the alarm ends, its records stay. */
  'audit.acknowledge': change('unlocked', nothing, nothing),
  /**
   * `written`: the head the operator wrote down earlier, in short or full form; empty when none. One that does not fit is a
   * fault only with `readRight`: the operator compared the paper again and says that it was typed as it stands there.
   */
  'audit.verify': change(
    'unlocked',
    z.strictObject({ written: z.string().max(100), readRight: z.boolean().optional() }),
    z.strictObject({
      entries: z.number().int(),
      faults: z.array(auditFault),
      /** What does not fit about the written head, while nobody said that the paper was read right; null: nothing. */
      mistyped: z.string().nullable(),
      /** The entry that the written head names, when it is still that one. */
      confirmed: z.number().int().nullable(),
      /** What was found wrong before and nobody has dealt with yet. */
      before: z.string().nullable(),
      head: auditHead,
      checkedAt: instant,
    }),
  ),
  /** JSON Lines and, beside it, the signed head. */
  'audit.export': change(
    'unlocked',
    z.strictObject({ target: id, overwrite: z.boolean() }),
    z.strictObject({ entries: z.number().int(), path: z.string() }),
  ),
};
