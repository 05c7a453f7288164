/** Files that come to the trust anchor's proxy for its set-up, before they are taken, and the names of those it hands out. */
import * as z from 'zod';
import { hex, instant } from './channel.ts';
import { recordExports } from './ta-record.ts';

export const identity = z.strictObject({ keyId: hex, sha256: hex });

/** signer-info.json before its signer is associated. */
export const signerInfoView = z.strictObject({
  name: z.string(),
  /** Why it cannot be associated; empty: it can once the fingerprint is typed. */
  faults: z.array(z.string()),
  /** It is of the future, and nothing else is wrong with it: from when on it can be taken. */
  early: instant.nullable(),
  /** It is of the associated trust anchor, and says less than is known here. */
  older: z.boolean(),
  /** A signer is associated already. */
  known: z.boolean(),
  /** What changes against the signer that is associated; empty for a first one. */
  changes: z.array(z.strictObject({ what: z.string(), before: z.string(), after: z.string() })),
  lines: z.array(z.strictObject({ label: z.string(), value: z.string() })),
});
export type SignerInfoView = z.infer<typeof signerInfoView>;

/** A child's file before it is added. */
export const childInfoView = z.strictObject({
  name: z.string(),
  handle: z.string(),
  identity,
  faults: z.array(z.string()),
});
export type ChildInfoView = z.infer<typeof childInfoView>;

export const proxyExport = z.enum([
  'pub-req',
  'repo-res',
  'proxy-id',
  'proxy-repo',
  'request',
  'last-request',
  'last-response',
  'tal',
  'certificate',
  'parent-response',
  ...recordExports,
]);
