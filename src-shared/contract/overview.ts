/** Channels of the overview: what needs attention, the counts, the lanes, and the search of the command palette. */
import * as z from 'zod';
import { certificateState } from './ca.ts';
import { channel, id, instant, nothing, severity } from './channel.ts';

export const attentionItem = z.strictObject({
  severity,
  subject: z.string(),
  text: z.string(),
  detail: z.string(),
  /** The moment the detail ends with; shown behind it in local time. */
  at: instant.optional(),
  action: z.strictObject({ label: z.string(), route: z.string() }).nullable(),
});

export const overviewChannels = {
  'overview.get': channel(
    'unlocked',
    nothing,
    z.strictObject({
      checkedAt: instant,
      attention: z.array(attentionItem),
      signers: z.array(
        z.strictObject({ name: z.string(), state: severity, keys: z.number().int(), text: z.string() }),
      ),
      /** The halves of a trust anchor that are here. */
      trustAnchor: z.array(z.enum(['proxy', 'signer'])),
      counts: z.strictObject({
        authorities: z.number().int(),
        certificates: z.number().int(),
        keys: z.number().int(),
        drafts: z.number().int(),
      }),
      lanes: z.array(
        z.strictObject({
          id,
          name: z.string(),
          group: z.enum(['ca', 'leaf']),
          from: instant,
          to: instant,
          renewAt: instant,
          state: certificateState,
        }),
      ),
      recent: z.array(
        z.strictObject({
          seq: z.number().int(),
          at: instant,
          summary: z.string(),
          outcome: z.enum(['done', 'refused', 'failed']),
        }),
      ),
    }),
  ),
  /** Objects for the command palette; actions and screens are the renderer's own. */
  'overview.find': channel(
    'unlocked',
    z.strictObject({ query: z.string().max(200) }),
    z.strictObject({
      hits: z.array(
        z.strictObject({
          type: z.enum(['certificate', 'authority', 'key', 'draft', 'request', 'crl']),
          id,
          title: z.string(),
          detail: z.string(),
        }),
      ),
    }),
  ),
};
