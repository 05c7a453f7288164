/** Channels of the trust anchor: its signer, the review of a request before it is signed, and the exchanges since. */
import * as z from 'zod';
import { change, channel, hex, id, instant, nothing, pageIn, pageOut, severity } from './channel.ts';
import { taProxyChannels } from './ta-proxy.ts';
import { exchangeReview } from './ta-review.ts';
import { taMoveChannels } from './ta-move.ts';
import { taNetChannels } from './ta-net.ts';
import { recordExports, taRecordChannels } from './ta-record.ts';
import { taServiceChannels } from './ta-service.ts';
import { taTakeBackChannels } from './ta-take-back.ts';
import { signerProblem, signerReview, taSetupChannels, taTiming } from './ta-setup.ts';

/** A file of an exchange or set-up, told by its content. */
export const taFileKind = z.enum([
  'proxy-id',
  'proxy-repo',
  'signer-info',
  'request',
  'response',
  'tal',
  'ta-certificate',
  'child-info',
  'child-request',
  'parent-response',
  'publisher-request',
  'repository-response',
  'unknown',
]);

const identity = z.strictObject({
  /** Upper-case hex. */
  keyId: hex,
  /** SHA-256 of the identity certificate: what is compared from machine to machine. */
  sha256: hex,
});

export const signerView = z.strictObject({
  identity,
  proxy: identity,
  keyId: hex,
  baseUri: z.string(),
  notify: z.string().nullable(),
  tal: z.string(),
  talUris: z.array(z.string()),
  certificate: z.strictObject({
    sha256: hex,
    notBefore: instant,
    notAfter: instant,
    serial: z.string(),
    /** By this machine's clock: it has to be reissued before anything else. */
    ended: z.boolean(),
  }),
  /** Decimal; it may be larger than a JavaScript number. */
  number: z.string(),
  thisUpdate: instant,
  nextUpdate: instant,
  issued: z.array(
    z.strictObject({
      keyId: hex,
      child: z.string(),
      notAfter: instant,
      renewAt: instant,
      repository: z.string(),
      resources: z.array(z.string()),
    }),
  ),
  revoked: z.number().int(),
  timing: z.strictObject({
    certificateValidityYears: z.number().int(),
    issuedCertificateValidityWeeks: z.number().int(),
    issuedCertificateReissueWeeksBefore: z.number().int(),
    mftNextUpdateWeeks: z.number().int(),
    signedMessageValidityDays: z.number().int(),
  }),
  signer: z.string(),
  /** What was signed last is of then, later than this machine's clock; null: it is not. */
  aheadUntil: instant.nullable(),
  /** It is so far ahead that one may go on from this clock instead of waiting. */
  mayGoOn: z.boolean(),
  /** Certificate or objects were made after the last exchange: the proxy has to be told. */
  sinceExchange: z.boolean(),
  /** The TA certificate was made after it. */
  newCertificate: z.boolean(),
  /** Why a reissue asks for today's date; null: it does not. */
  dateAsked: z.string().nullable(),
  /** Why no folder for krillta can be written now, and what to do; null: one can. */
  notForKrillta: z.string().nullable(),
  /** The highest number used here, where a restore took it away and what was made with it is missing; null: nothing is. */
  missingUpTo: z.string().nullable(),
  /** What a restored workspace or a stopped clock makes doubtful; empty: nothing. */
  warnings: z.array(z.strictObject({ severity, text: z.string() })),
});
export type SignerView = z.infer<typeof signerView>;

export const exchangeHalf = z.enum(['signer', 'proxy']);

export const exchangeRow = z.strictObject({
  id,
  half: exchangeHalf,
  at: instant,
  /** The session: the manifest number it made. */
  number: z.string(),
  nonce: z.string(),
  issued: z.number().int(),
  revoked: z.number().int(),
  children: z.array(z.string()),
  nextUpdate: instant,
  /** "signed here, approved by …"; "taken and published by the proxy". */
  how: z.string(),
  /** Names of those who approved it, where the workspace asks for two; empty where it did not. */
  approvedBy: z.array(z.string()),
  requestSha256: hex,
  responseSha256: hex,
});
export type ExchangeRow = z.infer<typeof exchangeRow>;

export const taExport = z.enum([
  'krillta-conf',
  'krillta-conf-old',
  'krill-conf',
  'signer-info',
  'tal',
  'certificate',
  'response',
  ...recordExports,
]);
export type TaExport = z.infer<typeof taExport>;

/** One for each approver when there are two. */
const approverNames = z.array(z.string().trim().max(80)).max(2).default([]);

const chosenNumber = z.strictObject({
  value: z.string().regex(/^\d{1,19}$/),
  reason: z.string().trim().min(3).max(300),
});

/** Today's date as another clock shows it; main says what is wrong with it. */
const today = z.string().max(40);

export const taChannels = {
  ...taProxyChannels,
  ...taServiceChannels,
  ...taSetupChannels,
  ...taMoveChannels,
  ...taNetChannels,
  ...taRecordChannels,
  ...taTakeBackChannels,
  /** null while there is no signer in this workspace. */
  'ta.signer': channel('unlocked', nothing, z.strictObject({ signer: signerView.nullable() })),
  /** Looks at a dropped file; keeps it as text when it is one the set-up wants. */
  'ta.recognise': channel(
    'unlocked',
    z.strictObject({ blob: id }),
    z.strictObject({ kind: taFileKind, name: z.string(), text: z.string(), says: z.string() }),
  ),
  /** The times of a krillta.conf, for the wizard; its other settings are kept for the one that is written. Refused with the line or key that is wrong. */
  'ta.readConf': change(
    'unlocked',
    z.strictObject({ blob: id }),
    z.strictObject({ timing: taTiming, notes: z.array(z.string()) }),
  ),
  /** Times of what is made from now on. The TA certificate's own changes with a reissue only (T-015). */
  'ta.setTiming': change(
    'unlocked',
    z.strictObject({ timing: taTiming.omit({ certificateValidityYears: true }) }),
    nothing,
  ),
  /** How many people must approve a response, a reissue, going on from a clock, and writing for krillta. */
  'ta.approvers': channel('unlocked', nothing, z.strictObject({ count: z.number().int() })),
  /** From two to one only with both: different people, named as for a response. */
  'ta.setApprovers': change(
    'unlocked',
    z.strictObject({ count: z.union([z.literal(1), z.literal(2)]), names: approverNames }),
    nothing,
  ),
  'ta.setupReview': channel(
    'unlocked',
    z.strictObject({ draft: id, revision: z.number().int() }),
    z.strictObject({ problems: z.array(signerProblem), review: signerReview }),
  ),
  /** Starts a job; its result id is "signer". */
  'ta.setUp': change(
    'unlocked',
    z.strictObject({ draft: id, revision: z.number().int(), digest: z.string().min(1).max(200) }),
    z.strictObject({ job: id }),
  ),
  /** Reads a request and holds it for the review; nothing is signed. Refused, with a record, when it is no request. */
  'ta.openRequest': change('unlocked', z.strictObject({ blob: id }), z.strictObject({ review: id })),
  /** With the number that is chosen for it, if it is another one than the next. */
  'ta.review': channel(
    'unlocked',
    z.strictObject({ id, number: chosenNumber.nullable().default(null) }),
    exchangeReview,
  ),
  /**
   * Starts a job; its result id is the exchange. `groups` are the digits read from the proxy's screen, or the two
   * words of each on its card, in the order they were asked for. Refused unless the file and what it says are those that were reviewed.
   */
  'ta.approve': change(
    'unlocked',
    z.strictObject({
      id,
      groups: z.array(z.string().max(40)).max(16),
      /** One for each approver when there are two: different people. */
      names: approverNames,
      /** Upwards only; null for the next one. */
      number: chosenNumber.nullable(),
      today: today.nullable().default(null),
    }),
    z.strictObject({ job: id }),
  ),
  /** Answers the text to send to the proxy's operator. */
  'ta.reject': change(
    'unlocked',
    z.strictObject({ id, reason: z.string().trim().min(3).max(1000) }),
    z.strictObject({ text: z.string(), rejection: id }),
  ),
  /** Writes that text where the operator says: an offline station has no other way out. */
  'ta.rejectionExport': change(
    'unlocked',
    z.strictObject({ rejection: id, target: id, overwrite: z.boolean() }),
    z.strictObject({ path: z.string(), sha256: hex }),
  ),
  'ta.exchanges': channel(
    'unlocked',
    z.strictObject({
      cursor: pageIn.cursor,
      limit: pageIn.limit,
      /** null: those of both halves. */
      half: exchangeHalf.nullable().default(null),
    }),
    pageOut(exchangeRow),
  ),
  /** A past exchange with its review, built anew from the files that were kept. */
  'ta.exchange': channel(
    'unlocked',
    z.strictObject({ id }),
    z.strictObject({
      row: exchangeRow,
      review: exchangeReview,
      holds: z.boolean(),
      text: z.string(),
      /** Why no proxy takes its response now, and what to do; null when one may. */
      early: z.string().nullable(),
      /** Its response beside what the connected Krill takes; null: there is none, or the proxy is here. */
      krill: z.strictObject({ verdict: z.enum(['fits', 'near', 'over']), text: z.string() }).nullable(),
    }),
  ),
  'ta.export': change(
    'unlocked',
    z.strictObject({
      what: taExport,
      /** The exchange, for a response. */
      id: id.nullable(),
      target: id,
      overwrite: z.boolean(),
    }),
    z.strictObject({ path: z.string(), sha256: hex }),
  ),
  /** Takes over krillta's data directory: keys, state and every exchange. Starts a job; its result id is "signer". */
  'ta.importStore': change('unlocked', z.strictObject({ folder: id }), z.strictObject({ job: id })),
  /** Writes a data directory krillta goes on with: keys in the clear, or where they lie on a device. `confirm` is the last 8 digits of the TA key's identifier. */
  'ta.exportStore': change(
    'unlocked',
    z.strictObject({ folder: id, confirm: z.string().max(64), names: approverNames }),
    z.strictObject({ path: z.string() }),
  ),
  /** A new certificate for the same key; the base stays. Answers what must follow. */
  'ta.reissue': change(
    'unlocked',
    z.strictObject({
      https: z.array(z.string().max(2048)).max(10),
      rsync: z.string().max(2048),
      notify: z.string().max(2048).nullable(),
      years: z.number().int(),
      today: today.nullable().default(null),
      names: approverNames,
    }),
    z.strictObject({ job: id }),
  ),
  /**
   * After something was signed with a clock ahead: whatever begins in the future is made anew with the time of this machine and
   * a higher number. Starts a job; its result id is "signer".
   */
  'ta.goOn': change('unlocked', z.strictObject({ today, names: approverNames }), z.strictObject({ job: id })),
};
