/**
 * Channels of the signers: which there are, how they are configured, what state they are in. Settings are pending until
 * applied. PINs and passwords go in and never come out.
 */
import * as z from 'zod';
import { change, channel, finding, id, instant, nothing, secretIn } from './channel.ts';
import { NOTHING_HIDDEN } from '../hidden-characters.ts';
import { deviceKeyRow } from './signer-device-keys.ts';
import { deviceTable } from './signer-doctor.ts';
import { keyAlgorithm } from './keys.ts';
import { signerSettings } from './signer-settings.ts';

export const signerKind = z.enum(['software', 'pkcs11', 'kmip']);
export type SignerKind = z.infer<typeof signerKind>;

/**
 * - `announced`: configured, never contacted since the workspace was unlocked (H-019).
 * - `probing`: being contacted now.
 * - `login-needed`: there, and waits for a PIN that a person types; it may have refused one.
 * - `retrying`: not there; tried again at `retryAt` (H-022).
 * - `unusable`: wrong settings, a missing operation, another device under its name, a locked PIN: stays so until a person acts.
 */
export const signerState = z.enum(['announced', 'probing', 'ready', 'login-needed', 'retrying', 'unusable']);
export type SignerState = z.infer<typeof signerState>;

/** `present` null: it was not looked at. */
export const capability = z.strictObject({
  name: z.string(),
  present: z.boolean().nullable(),
  needed: z.boolean(),
});

/** What is wrong, why that may be, how to look, how to mend it; from the tables of CKR and KMIP results. */
export const signerTrouble = z.strictObject({
  /** As the standard names it: "CKR_PIN_INCORRECT". */
  code: z.string(),
  text: z.string(),
  cause: z.string(),
  check: z.string(),
  fix: z.string(),
  /** Raw text of the library, for "details". */
  library: z.string(),
});
export type SignerTrouble = z.infer<typeof signerTrouble>;

export const signerRole = z.enum(['default', 'one-off']);

export const signerRow = z.strictObject({
  /** "software" for the built-in one. */
  id,
  name: z.string(),
  kind: signerKind,
  /** As they are in force; null for software. */
  settings: signerSettings.nullable(),
  /** A PIN or password lies in the vault. */
  secretStored: z.boolean(),
  /** It is kept in memory until the workspace is locked. */
  secretHeld: z.boolean(),
  /** One that is not sent again before `signers.forgetRefusal`: it was refused, or sent and never answered to; null: none. */
  secretMark: z.enum(['refused', 'unanswered']).nullable(),
  roles: z.array(signerRole),
  state: signerState,
  /** One sentence about the state. */
  text: z.string(),
  trouble: signerTrouble.nullable(),
  /** When it is tried again; only `retrying`. */
  retryAt: instant.nullable(),
  /** Of the PIN, as the token's flags say. */
  tries: z.enum(['low', 'final', 'locked']).nullable(),
  /** What was learned at the last contact; null before. */
  device: z
    .strictObject({
      manufacturer: z.string(),
      model: z.string(),
      serial: z.string(),
      firmware: z.string(),
      label: z.string(),
      slot: z.number().int().nullable(),
      library: z.string(),
      at: instant,
      /** Its last serial but this one, and when this one was met first: a renewed certificate, a restored device. */
      before: z.strictObject({ serial: z.string(), at: instant }).nullable(),
    })
    .nullable(),
  /** Its device has an identity key of this workspace. */
  bound: z.boolean(),
  capabilities: z.array(capability),
  algorithms: z.array(keyAlgorithm),
  /** Keys of this workspace that it holds. */
  keys: z.number().int(),
  /** Names of other signers in force that lead to the same device. */
  sameDevice: z.array(z.string()),
  /** On the device, or about to appear there, and none of the workspace; `text`: what becomes of it. */
  unfinished: z.array(z.strictObject({ id, identifier: z.string(), at: instant, text: z.string() })),
  /** `insecure` and `force`, in words, for banners on every screen (H-010): only the first one puts keys at risk. */
  warnings: z.array(z.strictObject({ severity: z.enum(['bad', 'careful']), text: z.string() })),
});
export type SignerRow = z.infer<typeof signerRow>;

/** A device that asks for something, whatever screen is open. The whole window shows it. */
export const signerPrompt = z.strictObject({
  id,
  signer: id,
  signerName: z.string(),
  /** `pin`: answer with one. `waits`: only cancelling is possible. */
  kind: z.enum(['pin', 'waits']),
  /** "Type the PIN of My token 1.", "Touch the device." */
  text: z.string(),
  tries: z.enum(['low', 'final']).nullable(),
  /** The PIN is for one signature, which may be another than that of the login; it is not kept in the vault. */
  forSignature: z.boolean(),
  /** Which token it goes to, as its slot shows before any login; null: nothing is shown. */
  token: z.strictObject({ label: z.string(), serial: z.string() }).nullable(),
  /** Which server it goes to, whatever is in force or pending; null: none. */
  server: z.strictObject({ host: z.string(), port: z.number().int() }).nullable(),
  since: instant,
});
export type SignerPrompt = z.infer<typeof signerPrompt>;

/** What will be in force once it is applied. */
const pendingConfig = z.strictObject({
  /** Grows with each change; a writer with an older one gets CONFLICT. */
  revision: z.number().int(),
  signers: z.array(
    z.strictObject({
      id,
      name: z.string(),
      kind: signerKind,
      settings: signerSettings.nullable(),
      secretStored: z.boolean(),
    }),
  ),
  defaultSigner: id.nullable(),
  oneOffSigner: id.nullable(),
  /** What differs from what is in force, a sentence each; empty: nothing is pending (H-013). */
  changes: z.array(z.string()),
  /** Why it cannot be applied yet, in Krill's words where it has some (H-015, H-016). */
  faults: z.array(z.string()),
  /** The advisor: the one-off trap and its like (H-028). */
  advice: z.array(finding),
});

/** A PIN or password on its way in: left as it is, forgotten, or put into the vault. */
const secretChange = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('keep') }),
  z.strictObject({ do: z.literal('forget') }),
  z.strictObject({ do: z.literal('store'), secret: secretIn }),
]);

export const signerName = z
  .string()
  .trim()
  .min(1, 'A name is required')
  .max(80)
  .regex(NOTHING_HIDDEN, 'A name has no control or invisible characters');

const job = z.strictObject({ job: id });
const bySigner = z.strictObject({ id });

export const signerChannels = {
  'signers.list': channel(
    'unlocked',
    nothing,
    z.strictObject({
      rows: z.array(signerRow),
      defaultSigner: id,
      oneOffSigner: id,
      /** Nobody chose it: it follows from the other (H-017). */
      oneOffImplied: z.boolean(),
      pending: pendingConfig,
    }),
  ),
  /** What an offline station may connect to: its KMIP server, or with none in force the pending one while it is `examined`. */
  'signers.endpoints': channel(
    'unlocked',
    nothing,
    z.strictObject({
      endpoints: z.array(
        z.strictObject({ address: z.string(), port: z.number().int(), examined: z.boolean() }),
      ),
    }),
  ),
  'signers.prompts': channel('unlocked', nothing, z.strictObject({ prompts: z.array(signerPrompt) })),
  /** `keep` "vault" stores the PIN, "until-lock" keeps it in main's memory. */
  'signers.answer': change(
    'unlocked',
    z.strictObject({ prompt: id, pin: secretIn, keep: z.enum(['no', 'until-lock', 'vault']) }),
    nothing,
  ),
  'signers.cancelPrompt': change('unlocked', z.strictObject({ prompt: id }), nothing),

  /** `id` null: a new one. INVALID_INPUT names the fields. Pending until applied. */
  'signers.save': change(
    'unlocked',
    z.strictObject({
      revision: z.number().int(),
      id: id.nullable(),
      name: signerName,
      settings: signerSettings,
      secret: secretChange,
    }),
    z.strictObject({ id }),
  ),
  /** POLICY_REFUSED with the ids of the keys it owns (H-027). */
  'signers.remove': change('unlocked', z.strictObject({ revision: z.number().int(), id }), nothing),
  /** Names the built-in software signer in the configuration again: Krill's OpenSSL signer (H-028). */
  'signers.addSoftware': change('unlocked', z.strictObject({ revision: z.number().int() }), nothing),
  'signers.rename': change(
    'unlocked',
    z.strictObject({ revision: z.number().int(), id, name: signerName }),
    nothing,
  ),
  'signers.setRoles': change(
    'unlocked',
    z.strictObject({
      revision: z.number().int(),
      defaultSigner: id.nullable(),
      oneOffSigner: id.nullable(),
    }),
    nothing,
  ),
  /** NOT_ALLOWED_NOW with the faults while there are any. */
  'signers.apply': change('unlocked', z.strictObject({ revision: z.number().int() }), nothing),
  'signers.discard': change('unlocked', z.strictObject({ revision: z.number().int() }), nothing),

  /** Contacts it and makes, uses, verifies and destroys a key of each needed kind (H-020). A job. */
  'signers.probe': change('unlocked', bySigner, job),
  /** The same contact without the test key; asks for the PIN when one is needed. A job. */
  'signers.login': change('unlocked', bySigner, job),
  /** Ends its sessions and forgets the PIN kept in memory. */
  'signers.logout': change('unlocked', bySigner, nothing),
  /** A refused PIN is not sent again before this: the operator looked at it. */
  'signers.forgetRefusal': change('unlocked', bySigner, nothing),
  /**
   * Its device has lost the identity key (trouble IDENTITY_LOST): with the same serial and the keys that the signer owns, it is bound
   * again. A job.
   */
  'signers.bindAgain': change('unlocked', bySigner, job),
  /** Takes one of `unfinished` off the list; its device is not asked, and the key stays there. */
  'signers.forgetUnfinished': change('unlocked', z.strictObject({ id, key: id }), nothing),

  /** Lists the private keys on its device; the one that runs already is answered. A job; its result is asked by `signers.deviceKeysFound`. */
  'signers.deviceKeys': channel('unlocked', bySigner, job),
  /** As they were listed last; null: not since the unlock. */
  'signers.deviceKeysFound': channel(
    'unlocked',
    bySigner,
    z.strictObject({ at: instant, keys: z.array(deviceKeyRow) }).nullable(),
  ),
  /** Takes a key that others made into the workspace, by its public key. Answers the key's id. A job. */
  'signers.adopt': change(
    'unlocked',
    z.strictObject({ id, spkiSha256: z.string().max(64), label: z.string().trim().min(1).max(80) }),
    job,
  ),

  /** Libraries of well-known devices on this machine, and what a rehearsal token needs. */
  'signers.discover': channel(
    'unlocked',
    nothing,
    z.strictObject({
      libraries: z.array(z.strictObject({ device: z.string(), path: z.string() })),
      /** `util`: softhsm2-util; null where only the library is installed. */
      softhsm: z.strictObject({ library: z.string(), util: z.string().nullable() }).nullable(),
    }),
  ),
  /** Slots and tokens of a library, loaded in a child that ends at once. A job; its result is asked by `signers.slotsFound`. */
  'signers.findSlots': change(
    'unlocked',
    z.strictObject({ libPath: z.string().min(1).max(4096), environment: z.record(z.string(), z.string()) }),
    job,
  ),
  'signers.slotsFound': channel('unlocked', z.strictObject({ job: id }), deviceTable),
  /** A new SoftHSM token in the workspace's folder and a signer for it, pending. A job. */
  'signers.rehearsalToken': change(
    'unlocked',
    z.strictObject({ revision: z.number().int(), name: signerName, pin: secretIn, keepPin: z.boolean() }),
    job,
  ),
  /** C_SetPIN; tokens that allow it. A job. */
  'signers.changePin': change('unlocked', z.strictObject({ id, oldPin: secretIn, newPin: secretIn }), job),
  /**
   * C_InitToken and C_InitPIN. SECURITY: an initialised token is refused unless `erase` is its serial, typed by the operator, and
   * its present security officer's PIN comes with it; one that a signer uses is refused always. A job.
   */
  'signers.initToken': change(
    'unlocked',
    z.strictObject({
      libPath: z.string().min(1).max(4096),
      environment: z.record(z.string(), z.string()),
      slot: z.number().int().nonnegative(),
      label: z.string().trim().min(1).max(32),
      soPin: secretIn,
      pin: secretIn,
      erase: z.string().trim().min(1).max(64).nullable(),
    }),
    job,
  ),
};
