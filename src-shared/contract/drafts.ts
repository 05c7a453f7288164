/** Channels of drafts: what a wizard has so far, kept in main so that a reload or a crash continues it. */
import * as z from 'zod';
import { change, channel, id, instant, nothing } from './channel.ts';
import { issueDraft, issueStep } from './issue-draft.ts';
import { signerDraft, signerStep } from './ta-setup.ts';

/** One entry per wizard. `version` grows when the schema changes; main migrates or drops older ones. */
export const DRAFT_KINDS = {
  'ca.issue': { version: 1, data: issueDraft, step: issueStep },
  'ta.signer': { version: 1, data: signerDraft, step: signerStep },
} as const;

export type DraftKind = keyof typeof DRAFT_KINDS;
export type DraftData<K extends DraftKind> = z.infer<(typeof DRAFT_KINDS)[K]['data']>;

const common = {
  id,
  revision: z.number().int(),
  title: z.string(),
  updatedAt: instant,
  /** true after the first signature: it can no longer be cancelled. */
  signed: z.boolean(),
  /** After signing: what it made. */
  result: id.nullable(),
};

export const draft = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('ca.issue'), step: issueStep, data: issueDraft }),
  z.strictObject({ ...common, kind: z.literal('ta.signer'), step: signerStep, data: signerDraft }),
]);
export type AnyDraft = z.infer<typeof draft>;
export type DraftOf<K extends DraftKind> = Extract<AnyDraft, { kind: K }>;

export const draftChannels = {
  'drafts.list': channel('unlocked', nothing, z.strictObject({ drafts: z.array(draft) })),
  'drafts.get': channel('unlocked', z.strictObject({ id }), draft),
  /** A new draft; `data` null: with the domain's defaults. */
  'drafts.create': channel(
    'unlocked',
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('ca.issue'), data: issueDraft.nullable().default(null) }),
      z.strictObject({ kind: z.literal('ta.signer'), data: signerDraft.nullable().default(null) }),
    ]),
    draft,
  ),
  /** CONFLICT when `revision` is not the stored one: a second writer is refused. */
  'drafts.save': channel(
    'unlocked',
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('ca.issue'),
        id,
        revision: z.number().int(),
        step: issueStep,
        data: issueDraft,
      }),
      z.strictObject({
        kind: z.literal('ta.signer'),
        id,
        revision: z.number().int(),
        step: signerStep,
        data: signerDraft,
      }),
    ]),
    draft,
  ),
  /** Leaves nothing behind. NOT_ALLOWED_NOW after the first signature. */
  'drafts.cancel': change('unlocked', z.strictObject({ id }), nothing),
};
