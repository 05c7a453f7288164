/** Channels of keys: list, create, import, export, destroy. No answer ever holds key material. */
import * as z from 'zod';
import { NOTHING_HIDDEN } from '../hidden-characters.ts';
import { keyView } from './certificate-view.ts';
import { change, channel, id, instant, nothing, pageIn, pageOut, secretIn } from './channel.ts';

export const keyAlgorithm = z.enum([
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
  'p-256',
  'p-384',
  'p-521',
  'ed25519',
]);
export type KeyAlgorithm = z.infer<typeof keyAlgorithm>;

/** "RSA 2048", "P-256": as people call it. */
export function algorithmName(algorithm: KeyAlgorithm): string {
  if (algorithm === 'ed25519') return 'Ed25519';
  return algorithm.startsWith('rsa-') ? `RSA ${algorithm.slice(4)}` : algorithm.toUpperCase();
}

/** What a key may be used for; asked again at each signature. */
export const keyUse = z.enum(['certificate', 'crl', 'request', 'message']);
export type KeyUse = z.infer<typeof keyUse>;

export const keyRow = z.strictObject({
  id,
  label: z.string(),
  key: keyView,
  /** The id of the signer that holds it; "software" for the built-in one. */
  signer: z.string(),
  signerName: z.string(),
  /** false: its signer is not configured, or was not there when it was tried last. */
  reachable: z.boolean(),
  /** Who uses it: an authority's or certificate's name, the trust anchor, a child, or "" while nobody does. */
  owner: z.string(),
  ownerId: id.nullable(),
  /** What it is to the trust anchor: "Trust anchor, its own key"; it can never be made again. */
  trustAnchor: z.string().nullable(),
  /** The handle of the RPKI child of this workspace whose key or identity it is. */
  child: z.string().nullable(),
  /** Why it cannot be destroyed although no certificate uses it, and how it ends; null: it can. */
  kept: z.string().nullable(),
  uses: z.array(keyUse),
  source: z.enum(['generated', 'imported']),
  createdAt: instant,
  exportable: z.boolean(),
  /** Its device does not say that it keeps the private half to itself (H-029). */
  mayLeave: z.boolean(),
  certificates: z.array(z.strictObject({ id, name: z.string() })),
});
export type KeyRow = z.infer<typeof keyRow>;

export const label = z
  .string()
  .trim()
  .min(1, 'Give it a label')
  .max(80)
  .regex(NOTHING_HIDDEN, 'A label has no control or invisible characters');

export const keyChannels = {
  'keys.list': channel('unlocked', z.strictObject(pageIn), pageOut(keyRow)),
  'keys.get': channel('unlocked', z.strictObject({ id }), keyRow),
  /** Starts a job; its result id is the key's. */
  'keys.create': change(
    'unlocked',
    z.strictObject({
      algorithm: keyAlgorithm,
      label,
      /** The id of a signer; null: the one for long-lived keys. */
      signer: id.nullable().default(null),
    }),
    z.strictObject({ job: id }),
  ),
  /** Starts a job. PKCS#8, PKCS#1, SEC1, encrypted or not; PASSPHRASE_NEEDED asks for one. */
  'keys.import': change(
    'unlocked',
    z.strictObject({ blob: id, passphrase: z.string().max(1024).nullable(), label }),
    z.strictObject({ job: id }),
  ),
  'keys.rename': change('unlocked', z.strictObject({ id, label }), nothing),
  /** PKCS#8 PEM into the chosen file, mode 0600. `passphrase` null: unencrypted, which the dialog warns about. */
  'keys.export': change(
    'unlocked',
    z.strictObject({ id, target: id, passphrase: secretIn.nullable(), overwrite: z.boolean() }),
    z.strictObject({ path: z.string() }),
  ),
  /** Refused with the list of owners while something uses it. `confirm` is the key identifier's last 8 digits. */
  'keys.destroy': change('unlocked', z.strictObject({ id, confirm: z.string().max(64) }), nothing),
};
