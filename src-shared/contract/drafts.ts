/** Channels of drafts: what a wizard has so far, kept in main so that a reload or a crash continues it. */
import * as z from 'zod';
import { issueDraft, issueStep } from './issue-draft.ts';
import { change, channel, id, instant, nothing } from './channel.ts';

/** One entry per wizard. `version` grows when the schema changes; main migrates or drops older ones. */
export const DRAFT_KINDS = {
  'ca.issue': { version: 1, data: issueDraft, step: issueStep },
} as const;

export const draftKind = z.enum(['ca.issue']);

export const draft = z.strictObject({
  id,
  kind: draftKind,
  revision: z.number().int(),
  step: issueStep,
  title: z.string(),
  updatedAt: instant,
  /** true after the first signature: it can no longer be cancelled. */
  signed: z.boolean(),
  /** After signing: the certificate it made. */
  result: id.nullable(),
  data: issueDraft,
});
export type Draft = z.infer<typeof draft>;

export const draftChannels = {
  'drafts.list': channel('unlocked', nothing, z.strictObject({ drafts: z.array(draft) })),
  'drafts.get': channel('unlocked', z.strictObject({ id }), draft),
  /** A new draft; `data` null: with the domain's defaults. */
  'drafts.create': channel(
    'unlocked',
    z.strictObject({ kind: draftKind, data: issueDraft.nullable().default(null) }),
    draft,
  ),
  /** CONFLICT when `revision` is not the stored one: a second writer is refused. */
  'drafts.save': channel(
    'unlocked',
    z.strictObject({ id, revision: z.number().int(), step: issueStep, data: issueDraft }),
    draft,
  ),
  /** Leaves nothing behind. NOT_ALLOWED_NOW after the first signature. */
  'drafts.cancel': change('unlocked', z.strictObject({ id }), nothing),
};
