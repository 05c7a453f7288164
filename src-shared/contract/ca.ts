/** Channels of certificate authorities: inventory, the issuing wizard's review and signature, export. */
import * as z from 'zod';
import { certificateView } from './certificate-view.ts';
import { change, channel, hex, id, instant, nothing, pageIn, pageOut, pem, secretIn } from './channel.ts';
import { chainLink } from './inspect.ts';
import { issueDraft, purpose, review } from './issue-draft.ts';

export const certificateState = z.enum(['good', 'renew', 'expired', 'notYet', 'revoked', 'replaced']);

export const certificateRow = z.strictObject({
  id,
  name: z.string(),
  subject: z.string(),
  issuer: z.string(),
  issuerId: id.nullable(),
  serial: hex,
  notBefore: instant,
  notAfter: instant,
  renewAt: instant,
  key: z.string(),
  isCa: z.boolean(),
  /** A new root's name and key, signed by the root that it replaces. */
  cross: z.boolean(),
  state: certificateState,
  source: z.enum(['issued', 'imported']),
  sha256: hex,
});
export type CertificateRow = z.infer<typeof certificateRow>;

export const authorityRow = z.strictObject({
  /** The id of the authority's current certificate. */
  id,
  name: z.string(),
  purpose: z.enum(['root', 'intermediate']),
  parent: id.nullable(),
  certificate: certificateRow,
  keyId: hex,
  /** false: Baleen holds no key for it (imported certificate only). */
  canSign: z.boolean(),
  pathLength: z.number().int().nullable(),
  leafLimits: z.strictObject({ minSeconds: z.number(), defaultSeconds: z.number(), maxSeconds: z.number() }),
  /** Everything it signed, authorities included. */
  issued: z.number().int(),
  leaves: z.number().int(),
  /** Leaves past the renewal mark or expired. */
  attention: z.number().int(),
});
export type AuthorityRow = z.infer<typeof authorityRow>;

/** `issuer`: what this authority signed, under any of its certificates. */
const narrowing = {
  query: pageIn.query,
  state: certificateState.nullable().default(null),
  issuer: id.nullable().default(null),
  role: z.enum(['ca', 'leaf']).nullable().default(null),
  /** With `issuer`: also what the authority signed for itself, as a list that names its issuer shows it. */
  own: z.boolean().default(false),
};

export const exportFormat = z.enum(['pem', 'der', 'chain', 'pkcs12', 'key']);

export const caChannels = {
  'ca.authorities': channel('unlocked', nothing, z.strictObject({ rows: z.array(authorityRow) })),
  'ca.authority': channel('unlocked', z.strictObject({ id }), authorityRow),
  'ca.setLimits': change(
    'unlocked',
    z.strictObject({
      id,
      leafLimits: z.strictObject({
        minSeconds: z.number().int().min(1),
        defaultSeconds: z.number().int().min(1),
        maxSeconds: z.number().int().min(1),
      }),
    }),
    nothing,
  ),
  'ca.certificates': channel(
    'unlocked',
    z.strictObject({
      ...pageIn,
      ...narrowing,
      sort: z.enum(['name', 'issuer', 'notAfter', 'key', 'state', 'added']).default('notAfter'),
      descending: z.boolean().default(false),
    }),
    pageOut(certificateRow),
  ),
  /** Counts for the facets beside the inventory: what each would leave of the search. */
  'ca.counts': channel(
    'unlocked',
    z.strictObject(narrowing),
    z.strictObject({
      total: z.number().int(),
      states: z.array(z.strictObject({ state: certificateState, count: z.number().int() })),
      issuers: z.array(z.strictObject({ id: id.nullable(), name: z.string(), count: z.number().int() })),
    }),
  ),
  'ca.certificate': channel(
    'unlocked',
    z.strictObject({ id }),
    z.strictObject({
      row: certificateRow,
      view: certificateView,
      chain: z.array(chainLink),
      /** Newest first: what it replaced and what replaced it. */
      history: z.array(
        z.strictObject({
          id,
          name: z.string(),
          serial: hex,
          notBefore: instant,
          notAfter: instant,
          action: z.enum(['issued', 'renew', 'rekey', 'imported']),
        }),
      ),
      key: id.nullable(),
      canRenew: z.boolean(),
      whyNot: z.string(),
      /** Why it may not be forgotten now; "" when it may. */
      whyNotForget: z.string(),
    }),
  ),
  /** What a draft of that purpose begins with; a leaf with its issuer's own default lifetime. */
  'ca.preset': channel('unlocked', z.strictObject({ purpose, issuer: id.nullable() }), issueDraft),
  /** A draft prefilled from an existing certificate. */
  'ca.startReplace': channel(
    'unlocked',
    z.strictObject({ id, action: z.enum(['renew', 'rekey']) }),
    z.strictObject({ draft: id }),
  ),
  /** Recognises and checks a CSR: what a draft takes from it. A change only in that its refusals are on record. */
  'ca.readRequest': change(
    'unlocked',
    z.strictObject({ blob: id }),
    issueDraft.pick({ key: true, subject: true, names: true }),
  ),
  /** A draft for the leaf that a kept request asks for. */
  'ca.startFromRequest': change('unlocked', z.strictObject({ request: id }), z.strictObject({ draft: id })),
  /** The same for one in a file, which is not kept by it. */
  'ca.startFromFile': change('unlocked', z.strictObject({ blob: id }), z.strictObject({ draft: id })),
  'ca.review': channel('unlocked', z.strictObject({ draft: id, revision: z.number().int() }), review),
  /** Starts a job; its result ids are the certificate's and, for an authority, the authority's. */
  'ca.sign': change(
    'unlocked',
    z.strictObject({ draft: id, revision: z.number().int(), digest: z.string().min(1).max(200) }),
    z.strictObject({ job: id }),
  ),
  /** The public part as text, for copying: chain is leaf first without the root. */
  'ca.pem': channel(
    'unlocked',
    z.strictObject({ id, what: z.enum(['pem', 'chain']) }),
    z.strictObject({ pem: pem('CERTIFICATE') }),
  ),
  'ca.suggestExport': channel(
    'unlocked',
    z.strictObject({ id, format: exportFormat }),
    z.strictObject({ name: z.string(), holdsKey: z.boolean() }),
  ),
  'ca.export': change(
    'unlocked',
    z.strictObject({
      id,
      format: exportFormat,
      target: id,
      passphrase: secretIn.nullable(),
      overwrite: z.boolean(),
    }),
    z.strictObject({ path: z.string(), backup: z.string().nullable(), mode: z.string() }),
  ),
  /** `confirm` is the last 8 digits of the SHA-256 fingerprint of one that was issued here; of another, nothing. Refused while it is an authority that issued others here. */
  'ca.forget': change('unlocked', z.strictObject({ id, confirm: z.string().max(64) }), nothing),
};
