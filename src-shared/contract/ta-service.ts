/** Channels of what the trust anchor serves on the network: RFC 6492 for children, TA certificate and TAL for relying parties. */
import * as z from 'zod';
import { change, channel, id, instant, nothing } from './channel.ts';

const serviceSettings = z.strictObject({
  /** An address of this machine. */
  host: z.string().max(64),
  port: z.number().int(),
  /** What children and TALs say instead, behind a reverse proxy; null: address and port themselves. */
  publicUri: z.string().max(2048).nullable(),
  /** A server certificate of this workspace whose key is here; null: plain HTTP. */
  certificate: id.nullable(),
});
export type ServiceSettings = z.infer<typeof serviceSettings>;

export const serviceView = z.strictObject({
  settings: serviceSettings,
  /** Where relying parties find the certificate and the TAL while it runs. */
  uris: z.strictObject({ certificate: z.string(), tal: z.string() }),
  /** null: it does not listen. */
  running: z
    .strictObject({
      since: instant,
      uri: z.string(),
      /** It has a key of its own, which goes at a lock: then it rests until the workspace is unlocked. */
      tls: z.boolean(),
      answered: z.number().int(),
      refused: z.number().int(),
      /** The last refusals, newest first. */
      refusals: z.array(z.strictObject({ at: instant, client: z.string(), text: z.string() })),
    })
    .nullable(),
  /** Until when it goes on while the workspace is locked; null: children get 503 then, and ta.cer and the TAL are handed out; with TLS nobody is answered. */
  lockedUntil: instant.nullable(),
});
export type ServiceView = z.infer<typeof serviceView>;

export const taServiceChannels = {
  'ta.service': channel('unlocked', nothing, serviceView),
  /** For the status bar: all that is said of it while the workspace is locked. */
  'ta.serving': channel(
    'workspace',
    nothing,
    z.strictObject({ running: z.boolean(), lockedUntil: instant.nullable() }),
  ),
  /** The operator says that ta.cer and the TAL are where relying parties fetch them. */
  'ta.putOut': change('unlocked', nothing, nothing),
  /** The address that res.xml says to a child elsewhere, and why nobody may be found there; null: there is none to say. */
  'ta.childAddress': channel(
    'unlocked',
    z.strictObject({ handle: z.string().max(255) }),
    z.strictObject({ uri: z.string().nullable(), remarks: z.array(z.string()) }),
  ),
  /** Takes effect with the next start. */
  'ta.setService': change('unlocked', serviceSettings, nothing),
  'ta.startService': change('unlocked', nothing, nothing),
  'ta.stopService': change('unlocked', nothing, nothing),
  /** Goes on answering with the workspace locked, for that many hours; 0 ends it. The identity key stays in memory. */
  'ta.serveLocked': change('unlocked', z.strictObject({ hours: z.number().int().min(0).max(72) }), nothing),
};
