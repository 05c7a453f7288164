/** Channels of the workspace and its vault: create, open, unlock, lock, recover, back up. */
import * as z from 'zod';
import { NOTHING_HIDDEN } from '../hidden-characters.ts';
import { change, channel, id, instant, nothing, secretIn } from './channel.ts';

/** Chosen at creation, for ever: `offline` closes the Net port, `rehearsal` marks everything made in it. */
export const workspaceKind = z.enum(['online', 'offline', 'rehearsal']);
export type WorkspaceKind = z.infer<typeof workspaceKind>;

export const workspaceFacts = z.strictObject({
  id,
  name: z.string(),
  kind: workspaceKind,
  path: z.string(),
  createdAt: instant,
  /** false until the operator typed part of the printed recovery key back. */
  recoveryVerified: z.boolean(),
  /** The recovery key was made this moment: it is shown once without the passphrase being asked. */
  recoveryFresh: z.boolean(),
  autoLockMinutes: z.number().int(),
  /** When the idle timer locks, unless something is done before; null while locked. */
  locksAt: instant.nullable(),
});
export type WorkspaceFacts = z.infer<typeof workspaceFacts>;

export const workspaceState = z.strictObject({
  state: z.enum(['none', 'locked', 'unlocked']),
  workspace: workspaceFacts.nullable(),
  /** After refused passphrases: no attempt is looked at before this instant. */
  retryAt: instant.nullable(),
  /** A sentence when something was found at opening (audit completed, draft dropped, audit shorter than written down). */
  notices: z.array(z.strictObject({ severity: z.enum(['note', 'careful', 'bad']), text: z.string() })),
});
export type WorkspaceState = z.infer<typeof workspaceState>;

export const recentWorkspace = z.strictObject({
  /** The row's own: two copies of a workspace, in two places, are two rows. */
  id,
  name: z.string(),
  kind: workspaceKind,
  path: z.string(),
  /** null: it was restored here and not opened yet. */
  lastOpenedAt: instant.nullable(),
  /** When a backup was restored to it, until a person settled that only this copy is used; null otherwise. */
  restoredAt: instant.nullable(),
  /** Why it cannot be opened now, or null. */
  problem: z.string().nullable(),
});

/** A workspace that a backup was restored into; its original may still be used somewhere. */
export const restoredCopy = z.strictObject({
  /** When the backup was made. */
  madeAt: instant,
  restoredAt: instant,
  /** What the original did after that is not known in the copy. */
  knownUntil: instant,
});

export const workspaceName = z
  .string()
  .trim()
  .min(1, 'Give the workspace a name')
  .max(80)
  .regex(/^[^\p{Cc}\\]+$/u, 'A name has no control characters and no backslashes')
  // Marks that turn the reading direction or are not seen make one workspace look like another.
  .regex(NOTHING_HIDDEN, 'A name has no invisible characters')
  .regex(/^\P{Co}*$/u, 'A name has no characters of private use')
  .regex(/[\p{L}\p{N}]/u, 'A name has a letter or a digit');

/** Enforced in main as well; the strength meter says more. */
export const newPassphrase = z.string().min(12, 'At least 12 characters').max(1024);

export const workspaceChannels = {
  'workspace.state': channel('nothing', nothing, workspaceState),
  'workspace.recent': channel('nothing', nothing, z.strictObject({ rows: z.array(recentWorkspace) })),
  'workspace.forget': channel('nothing', z.strictObject({ id }), nothing),
  /** Where a new workspace of that name would go when the operator chooses no folder. */
  'workspace.suggestFolder': channel(
    'nothing',
    z.strictObject({ name: workspaceName }),
    /** `taken`: something lies there, so that none can be made there. */
    z.strictObject({ path: z.string(), taken: z.boolean() }),
  ),
  'workspace.strength': channel(
    'nothing',
    z.strictObject({
      passphrase: secretIn,
      /** The workspace that is to be made; left out, it is the open one. What is known of it counts as known words. */
      of: z
        .strictObject({ name: z.string().max(80), kind: workspaceKind, folder: z.string().max(4096) })
        .optional(),
    }),
    z.strictObject({
      score: z.number().int().min(0).max(4),
      /** "centuries", "3 hours": offline guessing at the vault's own Argon2id cost. */
      crackTime: z.string(),
      advice: z.array(z.string()),
    }),
  ),
  /** `folder` null: the suggested one. Leaves the workspace open and unlocked, recovery key not yet shown. */
  'workspace.create': change(
    'nothing',
    z.strictObject({
      folder: id.nullable(),
      name: workspaceName,
      kind: workspaceKind,
      passphrase: newPassphrase,
    }),
    z.strictObject({ id }),
  ),
  'workspace.openRecent': change('nothing', z.strictObject({ id }), nothing),
  'workspace.openFolder': change('nothing', z.strictObject({ folder: id }), nothing),
  'workspace.unlock': change('workspace', z.strictObject({ passphrase: secretIn }), nothing),
  /** Unlocks with the printed key and sets a new passphrase in one step. */
  'workspace.recover': change(
    'workspace',
    z.strictObject({ recoveryKey: secretIn, passphrase: newPassphrase }),
    nothing,
  ),
  'workspace.lock': change('workspace', nothing, nothing),
  'workspace.close': change('workspace', nothing, nothing),
  /** A person has read a notice: it is not shown again. What it is about is on record or in the log. */
  'workspace.dismissNotice': channel('workspace', z.strictObject({ text: z.string().max(2000) }), nothing),
  /** Any input of the operator; moves the auto-lock. */
  'workspace.touch': channel('workspace', nothing, nothing),
  'workspace.changePassphrase': change(
    'unlocked',
    z.strictObject({ current: secretIn, next: newPassphrase }),
    nothing,
  ),
  /**
   * Shows the recovery key once after it was made; again only with the passphrase (PASSPHRASE_NEEDED), and after it was
   * verified never. Each showing is on record.
   */
  'workspace.showRecoveryKey': change(
    'unlocked',
    z.strictObject({ passphrase: secretIn.nullable() }),
    z.strictObject({ recoveryKey: z.string() }),
  ),
  /** `parts`: the groups at the 0-based positions that `askParts` named. */
  'workspace.recoveryParts': channel(
    'unlocked',
    nothing,
    z.strictObject({ positions: z.array(z.number().int()) }),
  ),
  'workspace.verifyRecoveryKey': change(
    'unlocked',
    z.strictObject({ parts: z.array(secretIn).min(1).max(4) }),
    nothing,
  ),
  /** The former printed key stops working. Asks the passphrase again. */
  'workspace.renewRecoveryKey': change('unlocked', z.strictObject({ passphrase: secretIn }), nothing),
  'workspace.settings': channel(
    'unlocked',
    nothing,
    z.strictObject({ autoLockMinutes: z.number().int(), lockOnSuspend: z.boolean() }),
  ),
  /** null: it is no restored copy, or a person settled that. */
  'workspace.restoredCopy': channel('unlocked', nothing, z.strictObject({ copy: restoredCopy.nullable() })),
  /** A person made sure that only this copy is used: its warning ends, the record stays. */
  'workspace.settleCopy': change('unlocked', nothing, nothing),
  'workspace.setSettings': change(
    'unlocked',
    z.strictObject({ autoLockMinutes: z.number().int().min(1).max(240), lockOnSuspend: z.boolean() }),
    nothing,
  ),
  /** Starts a job that writes one encrypted file, reads it back and compares. */
  'workspace.backup': change(
    'unlocked',
    z.strictObject({ target: id, overwrite: z.boolean() }),
    z.strictObject({ job: id }),
  ),
  /** Starts a job. With `folder` null the open workspace is restored in place; its ledger and audit only merge forward. */
  'workspace.restore': change(
    'nothing',
    z.strictObject({ source: id, folder: id.nullable(), passphrase: secretIn }),
    z.strictObject({ job: id }),
  ),
};

/**
 * The only channels whose answer shows a secret on purpose. The tour masks them, the canary search
 * knows them, and a test proves that no other channel can answer with one.
 */
export const SECRET_CHANNELS = ['workspace.showRecoveryKey'] as const;
