/** Channels by which a trust anchor meets other machines: a Krill whose proxy this signer serves, and what relying parties find. */
import * as z from 'zod';
import { change, channel, hex, id, instant, nothing, secretIn } from './channel.ts';

export const krillLink = z.strictObject({
  /** `https://host:port/` or `unix:///run/krill/krill.sock`. */
  server: z.string(),
  /** SHA-256 of its TLS certificate; null for a socket, and for a server that public CAs vouch for. */
  pin: hex.nullable(),
  hasToken: z.boolean(),
  /** `post_limit_api` of its krill.conf, octets. */
  postLimit: z.number().int(),
  /** Key identifier of the signer that was associated, or updated, from here; null: none yet. */
  associated: hex.nullable(),
});
export type KrillLink = z.infer<typeof krillLink>;

/** One URI and what lies behind it; null: not checked, with the reason. */
export const publicFinding = z.strictObject({
  uri: z.string(),
  ok: z.boolean().nullable(),
  text: z.string(),
  /** The TLS certificate that the server showed where it was not believed, for a person to compare. */
  shown: z.strictObject({ server: z.string(), sha256: hex }).optional(),
});
export type PublicFinding = z.infer<typeof publicFinding>;

/** A server that a person vouches for, for the checks of what relying parties find alone. */
export const publicPin = z.strictObject({
  /** "https://host:port". */
  server: z.string(),
  sha256: hex,
  at: instant,
});
export type PublicPin = z.infer<typeof publicPin>;

export const taNetChannels = {
  'ta.krill': channel('unlocked', nothing, z.strictObject({ link: krillLink.nullable() })),
  /** The TLS certificate a server shows, to be compared by a person; nothing is sent to it. */
  'ta.peekServer': channel(
    'unlocked',
    z.strictObject({ server: z.string().max(2048) }),
    z.strictObject({ sha256: hex, subject: z.string(), issuer: z.string(), notAfter: instant }),
  ),
  /** Whether a server shows the certificate that is to be believed (null: public CAs). `ok` null: it cannot be asked, with the reason. */
  'ta.tryServer': channel(
    'unlocked',
    z.strictObject({ server: z.string().max(2048), pin: z.string().max(200).nullable() }),
    z.strictObject({ ok: z.boolean().nullable(), text: z.string() }),
  ),
  /** `token`: null keeps the present one, where address and certificate are the same. Tried before it is kept. Starts a job. */
  'ta.setKrill': change(
    'unlocked',
    z.strictObject({
      server: z.string().max(2048),
      token: secretIn.nullable(),
      pin: z.string().max(200).nullable(),
      postLimit: z.number().int().min(1024).max(1_073_741_824),
    }),
    z.strictObject({ job: id }),
  ),
  'ta.forgetKrill': change('unlocked', nothing, nothing),
  /** Fetches proxy-id.json and proxy-repo.json for the set-up of a signer; their fingerprint is still compared by a person. */
  'ta.krillProxy': channel(
    'unlocked',
    nothing,
    z.strictObject({ proxyId: z.string(), repository: z.string() }),
  ),
  /** Sends signer-info.json: as a new signer, or as an update. Starts a job. */
  'ta.krillAssociate': change(
    'unlocked',
    z.strictObject({ update: z.boolean() }),
    z.strictObject({ job: id }),
  ),
  /** Has a request made, or shows the open one, and opens it for review. Starts a job; its result is the review. */
  'ta.krillRequest': change('unlocked', nothing, z.strictObject({ job: id })),
  /** Sends the response of an exchange, and looks that the proxy took it. Starts a job. */
  'ta.krillRespond': change('unlocked', z.strictObject({ exchange: id }), z.strictObject({ job: id })),
  /** Fetches every URI of the TAL and the RRDP repository. Starts a job; its result is for `ta.publicFindings`. */
  'ta.checkPublic': change('unlocked', nothing, z.strictObject({ job: id })),
  'ta.publicFindings': channel(
    'unlocked',
    z.strictObject({ id }),
    z.strictObject({ at: instant, findings: z.array(publicFinding) }),
  ),
  'ta.publicPins': channel('unlocked', nothing, z.strictObject({ pins: z.array(publicPin) })),
  /** Tried before it is kept: refused when the server shows another certificate than the one that was typed. */
  'ta.pinPublic': change(
    'unlocked',
    z.strictObject({ server: z.string().max(2048), pin: z.string().max(200) }),
    nothing,
  ),
  'ta.unpinPublic': change('unlocked', z.strictObject({ server: z.string().max(2048) }), nothing),
};
