/** Channels of certificate authorities: inventory, the issuing wizard's review and signature, export. */
import * as z from 'zod';
import { certificateView } from './certificate-view.ts';
import {
  change,
  channel,
  finding,
  hex,
  id,
  instant,
  nothing,
  pageIn,
  pageOut,
  pem,
  secretIn,
  severity,
} from './channel.ts';
import { chainLink } from './inspect.ts';
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
    z.strictObject({ from: z.literal('new'), algorithm: keyAlgorithm, label: z.string().max(80) }),
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
});

export const review = z.strictObject({
  /** Hash over everything that will be signed; `ca.sign` must repeat it. "" when it cannot be signed. */
  digest: z.string(),
  /** Blocks signing; `path` is inside the draft ("names.ip"), so that the step can mark the field. */
  problems: z.array(
    z.strictObject({ path: z.string(), step: issueStep, message: z.string(), fix: z.string() }),
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
  issued: z.number().int(),
  /** Leaves past the renewal mark or expired. */
  attention: z.number().int(),
});
export type AuthorityRow = z.infer<typeof authorityRow>;

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
      state: certificateState.nullable().default(null),
      issuer: id.nullable().default(null),
      role: z.enum(['ca', 'leaf']).nullable().default(null),
      sort: z.enum(['name', 'issuer', 'notAfter', 'key', 'state', 'added']).default('notAfter'),
      descending: z.boolean().default(false),
    }),
    pageOut(certificateRow),
  ),
  /** Counts for the facets beside the inventory. */
  'ca.counts': channel(
    'unlocked',
    nothing,
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
  /** Recognises and checks a CSR and starts a draft from it. */
  'ca.startFromRequest': change('unlocked', z.strictObject({ blob: id }), z.strictObject({ draft: id })),
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
  /** `confirm` is the last 8 digits of the SHA-256 fingerprint. Refused while it is an authority that issued others here. */
  'ca.forget': change('unlocked', z.strictObject({ id, confirm: z.string().max(64) }), nothing),
};

export const attentionItem = z.strictObject({
  severity,
  subject: z.string(),
  text: z.string(),
  detail: z.string(),
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
          type: z.enum(['certificate', 'authority', 'key', 'draft']),
          id,
          title: z.string(),
          detail: z.string(),
        }),
      ),
    }),
  ),
};
