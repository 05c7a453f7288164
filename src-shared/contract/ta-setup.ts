/** The draft of a new trust anchor signer as its wizard keeps it, and the review before its keys are made. */
import * as z from 'zod';
import { channel, hex, id, nothing } from './channel.ts';

export const taTiming = z.strictObject({
  certificateValidityYears: z.number(),
  issuedCertificateValidityWeeks: z.number(),
  issuedCertificateReissueWeeksBefore: z.number(),
  mftNextUpdateWeeks: z.number(),
  signedMessageValidityDays: z.number(),
});

const file = z.strictObject({ name: z.string().max(255), text: z.string().max(65_536) });

/** Every step may still be empty; what is missing is said by `ta.setupReview`. */
export const signerDraft = z.strictObject({
  /** proxy-id.json; public, not signed. */
  proxyId: file.nullable(),
  /** The fingerprint as it was read from the proxy's own screen. */
  fingerprint: z.string().max(200),
  /** proxy-repo.json; public, not signed. */
  repository: file.nullable(),
  /** One URI a line. */
  https: z.string().max(20_000),
  rsync: z.string().max(2048),
  timing: taTiming,
  /** Decimal, of the first manifest. */
  number: z.string().max(40),
  /** null: a new one is made. */
  key: id.nullable(),
  /** Who makes and holds the identity key and a new TA key; missing: the default signer. */
  signer: id.optional(),
});
export type SignerDraft = z.infer<typeof signerDraft>;

export const signerStep = z.enum(['proxy', 'repository', 'locations', 'timing', 'key', 'review', 'result']);
export type SignerStep = z.infer<typeof signerStep>;

export const signerProblem = z.strictObject({
  path: z.string(),
  step: signerStep,
  message: z.string(),
  fix: z.string(),
});
export type SignerProblem = z.infer<typeof signerProblem>;

export const signerReview = z.strictObject({
  /** Hash over everything that will be made; "" when it cannot be made yet. */
  digest: z.string(),
  lines: z.array(z.strictObject({ label: z.string(), value: z.string(), note: z.string() })),
  /** What the proxy's file says, once it can be read. */
  proxyKeyId: z.string(),
  proxySha256: z.string(),
  /** It is the proxy of this workspace: nobody had to compare anything. */
  proxyHere: z.boolean(),
  base: z.string(),
  notify: z.string(),
});
export type SignerReview = z.infer<typeof signerReview>;

export const taSetupChannels = {
  /** What a signer in the same workspace is set up with, without carrying it; null: there is no proxy with a repository here. */
  'ta.proxySetup': channel(
    'unlocked',
    nothing,
    z.strictObject({
      files: z.strictObject({ proxyId: z.string(), repository: z.string(), fingerprint: hex }).nullable(),
    }),
  ),
};
