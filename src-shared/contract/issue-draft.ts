/** The draft of one certificate as the issuing wizard keeps it, and what its review shows before anything is signed. */
import * as z from 'zod';
import { sanView } from './certificate-view.ts';
import { finding, id } from './channel.ts';
import { keyAlgorithm } from './keys.ts';

/** What a certificate is for; the first two make an authority. */
export const purpose = z.enum(['root', 'intermediate', 'server', 'client', 'server-client']);
export type Purpose = z.infer<typeof purpose>;

/** Attribute types the wizard offers, in the order the operator puts them. */
export const attributeType = z.enum([
  'CN',
  'O',
  'OU',
  'C',
  'ST',
  'L',
  'STREET',
  'postalCode',
  'serialNumber',
  'emailAddress',
  'DC',
  'GN',
  'SN',
  'title',
  'UID',
]);

/** The draft of one certificate. Every step may still be empty; what is missing is said by `ca.review`. */
export const issueDraft = z.strictObject({
  purpose,
  /** null for a root, and while it is not chosen. */
  issuer: id.nullable(),
  subject: z.array(z.strictObject({ type: attributeType, value: z.string().max(1000) })).max(40),
  key: z.discriminatedUnion('from', [
    z.strictObject({
      from: z.literal('new'),
      algorithm: keyAlgorithm,
      label: z.string().max(80),
      /** Who makes and holds it; missing: the default signer. */
      signer: id.optional(),
    }),
    z.strictObject({ from: z.literal('existing'), key: id }),
    /** Base64 DER of a PKCS#10 request; public. */
    z.strictObject({
      from: z.literal('request'),
      requestDer: z.base64().max(100_000),
      name: z.string().max(255),
    }),
  ]),
  /** Set when this replaces a certificate: `renew` keeps the key, `rekey` makes a new one. */
  replaces: z.strictObject({ certificate: id, action: z.enum(['renew', 'rekey']) }).nullable(),
  /** Lifetime in seconds from now; the back-dating comes on top. */
  lifetimeSeconds: z.number(),
  backdateSeconds: z.number(),
  /** What to do when it would outlive its issuer. */
  outlive: z.enum(['refuse', 'cap']),
  /** Authorities only. null: no limit is written. */
  pathLength: z.number().nullable(),
  /** Authorities only: what it will issue to leaves (L-025). */
  leafLimits: z.strictObject({ minSeconds: z.number(), defaultSeconds: z.number(), maxSeconds: z.number() }),
  /** As typed: one per entry, comma lists are split by main. The type is recognised or prefixed ("uri:"). */
  names: z.strictObject({
    dns: z.string().max(20_000),
    ip: z.string().max(20_000),
    uri: z.string().max(20_000),
    email: z.string().max(20_000),
  }),
  /** Where this certificate's status is published; `none` leaves it out on purpose. */
  status: z.discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('none') }),
    z.strictObject({
      mode: z.literal('urls'),
      crl: z.string().max(4000),
      ocsp: z.string().max(4000),
      caIssuers: z.string().max(4000),
    }),
  ]),
  /** Authorities only: permitted DNS and IP subtrees, comma list; empty for none. */
  namesPermitted: z.string().max(4000),
});
export type IssueDraft = z.infer<typeof issueDraft>;

export const issueStep = z.enum(['purpose', 'key', 'validity', 'names', 'review', 'result']);

export const reviewLine = z.strictObject({
  label: z.string(),
  value: z.string(),
  note: z.string(),
  mono: z.boolean(),
  /** Bytes, shown in groups of four; `value` is their hex. */
  hex: z.boolean().optional(),
  /** The alternative names: `value` says them in one line. */
  names: z.array(sanView).optional(),
});

export const review = z.strictObject({
  /** Hash over everything that will be signed; `ca.sign` must repeat it. "" when it cannot be signed. */
  digest: z.string(),
  /** Blocks signing; `path` is inside the draft ("names.ip"), so that the step can mark the field. */
  problems: z.array(
    z.strictObject({
      path: z.string(),
      step: issueStep,
      message: z.string(),
      fix: z.string(),
      /** The same in step's words. */
      quote: z.string().optional(),
    }),
  ),
  lines: z.array(reviewLine),
  findings: z.array(finding),
  /** What the request asked for and does not get. */
  notGranted: z.array(z.string()),
  chain: z.array(z.strictObject({ name: z.string(), detail: z.string(), current: z.boolean() })),
  /** The equivalent openssl commands. */
  command: z.string(),
  /** What the trial signature with a throw-away key showed. */
  trial: z.strictObject({ ok: z.boolean(), text: z.string() }).nullable(),
});
export type Review = z.infer<typeof review>;
