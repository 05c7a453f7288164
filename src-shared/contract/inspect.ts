/** Channels of inspection: look at any file or pasted text, keep what is worth keeping. */
import * as z from 'zod';
import { crlView, objectView, requestView } from './certificate-view.ts';
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
  secretIn,
  severity,
} from './channel.ts';

export const chainLink = z.strictObject({
  name: z.string(),
  sha256: hex,
  /** Where it came from: the inspected file or the workspace. */
  from: z.enum(['file', 'workspace']),
  state: severity,
  text: z.string(),
});

export const inspection = z.strictObject({
  /** Valid until the workspace is locked or the application ends. */
  id,
  name: z.string(),
  size: z.number().int(),
  /** SHA-256 of the file as it is, which is not a certificate fingerprint. */
  fileSha256: hex,
  /** "PEM, 3 certificates", "DER certificate", "PKCS#12": recognised by content. */
  recognised: z.string(),
  /** The file (or the PKCS#12, or the key in it) cannot be read without one. */
  needsPassphrase: z.boolean(),
  items: z.array(objectView),
  /** About the file, not about one object: BOM, CRLF, text before the block, trailing bytes, wrong order. */
  notes: z.array(finding),
  /** Root first. Empty when there is no certificate. */
  chain: z.array(chainLink),
});
export type Inspection = z.infer<typeof inspection>;

/** A request or CRL in the workspace; certificates are in the inventory of `ca`. */
export const keptRow = z.strictObject({
  id,
  kind: z.enum(['request', 'crl']),
  name: z.string(),
  /** "P-256", "number 5, 3 revoked": enough to tell two apart. */
  detail: z.string(),
  keptAt: instant,
});
export type KeptRow = z.infer<typeof keptRow>;

/** Text pasted into the inspector; the same limit as a file. */
export const pastedText = z.string().min(1).max(8_388_608);

export const inspectChannels = {
  'inspect.blob': change('nothing', z.strictObject({ blob: id }), inspection),
  'inspect.text': change('nothing', z.strictObject({ text: pastedText }), inspection),
  /** The same bytes again, now with the passphrase of the file. WRONG_PASSPHRASE changes nothing. */
  'inspect.openWith': change('nothing', z.strictObject({ id, passphrase: secretIn }), inspection),
  /** A private key that was found, as a blob for `keys.import`; its bytes stay in main. */
  'inspect.keyBlob': channel(
    'unlocked',
    z.strictObject({ id, item: z.number().int().min(0) }),
    z.strictObject({ blob: id }),
  ),
  /** A certificate request that was found, as a blob for `ca.startFromFile`. */
  'inspect.requestBlob': channel(
    'unlocked',
    z.strictObject({ id, item: z.number().int().min(0) }),
    z.strictObject({ blob: id }),
  ),
  'inspect.get': channel('nothing', z.strictObject({ id }), inspection),
  /**
   * Which of its items are in the workspace, by their bytes, and which are certificates of the trust anchor itself: present ones
   * (`good`) and others, with what to do.
   */
  'inspect.known': channel(
    'unlocked',
    z.strictObject({ id }),
    z.strictObject({
      items: z.array(z.number().int()),
      anchors: z.array(z.strictObject({ item: z.number().int(), severity, says: z.string() })),
    }),
  ),
  /** Certificates, requests and CRLs are kept as they are, each once; a private key goes through `keys.import`. */
  'inspect.keep': change(
    'unlocked',
    z.strictObject({ id, items: z.array(z.number().int().min(0)).min(1).max(1000) }),
    z.strictObject({ added: z.array(id), alreadyThere: z.array(id) }),
  ),
  /** Requests and CRLs that were kept, newest first. */
  'inspect.kept': channel('unlocked', z.strictObject(pageIn), pageOut(keptRow)),
  'inspect.keptObject': channel(
    'unlocked',
    z.strictObject({ id }),
    z.strictObject({ row: keptRow, view: z.discriminatedUnion('kind', [requestView, crlView]) }),
  ),
  /** A kept request or CRL leaves the workspace; what was signed for it stays. */
  'inspect.forgetKept': change('unlocked', z.strictObject({ id }), nothing),
  'inspect.forget': channel('nothing', z.strictObject({ id }), nothing),
};
