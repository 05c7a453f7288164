/** What an operator sees of a request before it is signed, and of a past exchange. Values only; the words are main's. */
import * as z from 'zod';
import { hex, instant, severity } from './channel.ts';

/** One family of one child: as text, each a prefix, range or AS number. */
const family = z.strictObject({
  kept: z.array(z.string()),
  added: z.array(z.string()),
  removed: z.array(z.string()),
});

export const childReview = z.strictObject({
  handle: z.string(),
  /** false: it was in no exchange before. */
  known: z.boolean(),
  asn: family,
  ipv4: family,
  ipv6: family,
  wishes: z.array(
    z.strictObject({
      keyId: hex,
      what: z.enum(['new', 'rekey', 'renew', 'revoke']),
      /** Empty for a revocation. */
      repository: z.string(),
      manifest: z.string(),
      notify: z.string(),
      /** Less than all the child has, as text; empty: everything. */
      limit: z.array(z.string()),
      /** Of the certificate that would be replaced or revoked. */
      before: z.strictObject({ notAfter: instant, repository: z.string() }).nullable(),
      validUntil: instant.nullable(),
      problems: z.array(z.strictObject({ text: z.string(), clause: z.string() })),
    }),
  ),
});
export type ChildReview = z.infer<typeof childReview>;

export const beforeAfter = z.strictObject({ before: z.string(), after: z.string() });

export const exchangeReview = z.strictObject({
  /** `sha256` null: its digits are asked for, and stand on the proxy's machine alone. */
  file: z.strictObject({ name: z.string(), size: z.number().int(), sha256: hex.nullable() }),
  /** SHA-256 of the signed content. */
  contentSha256: hex,
  verdict: z.strictObject({
    severity,
    title: z.string(),
    checks: z.array(z.strictObject({ ok: z.boolean().nullable(), text: z.string() })),
  }),
  /** Why it cannot be signed; each with the clause. */
  faults: z.array(z.strictObject({ text: z.string(), clause: z.string() })),
  /** Right, but worth a second look. */
  unusual: z.array(z.string()),
  nonce: z.strictObject({
    value: z.string(),
    state: z.enum(['new', 'answered', 'other-content']),
    /** The exchange that used it. */
    exchange: z.string().nullable(),
    /** Its number. */
    number: z.string().nullable(),
    /** What differs from that one, as sentences. */
    differs: z.array(z.string()),
  }),
  signedAt: instant.nullable(),
  goodUntil: instant.nullable(),
  children: z.array(childReview),
  /** Children with certificates and without requests. */
  quietChildren: z.number().int(),
  outcome: z.strictObject({
    number: beforeAfter,
    /** Why that is not the next one; null: it is, or it is not known. */
    numberReason: z.string().nullable(),
    nextUpdate: instant,
    certificates: beforeAfter,
    revoked: beforeAfter,
    /** null: of a past exchange it is not known any more. */
    taNotAfter: instant.nullable(),
    /** Where the key is; null: of a past exchange, for it may have been moved since. */
    key: z.string().nullable(),
  }),
  /** What no signature covers, and what the signer's own objects say; null: of a past exchange, for they have changed since. */
  advisory: z.array(z.strictObject({ says: z.string(), own: z.string().nullable() })),
  /** Which groups of four digits of the file's SHA-256 are to be read from the proxy's machine; empty: none (not air-gapped). */
  groups: z.array(z.number().int()),
  /** false: the proxy is in this workspace, or sent it over the network. */
  airGapped: z.boolean(),
  /** Who must approve: each reads an equal part of the groups, in order. */
  approvers: z.number().int(),
  /** false: what it asks for cannot be read. */
  readable: z.boolean(),
  /** Why signing asks for today's date; null: it does not. */
  dateAsked: z.string().nullable(),
  canSign: z.boolean(),
});
export type ExchangeReview = z.infer<typeof exchangeReview>;
