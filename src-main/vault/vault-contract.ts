/** What the vault offers to the channels and the domains. Types only; the state machine is vault.ts. */
import type { AuditEntry } from '../audit/audit-record.ts';
import type { Notice, Session } from '../store/store-contract.ts';
import type { Attempts } from './attempts.ts';
import type { AutoLockSettings } from './auto-lock.ts';
import type { NewWorkspace } from './create-workspace.ts';
import type { HeaderChange } from './header-change.ts';
import type { Header, Slot } from './header.ts';
import type { LockedNotes } from './locked-notes.ts';
import type { Recent, Remembered } from './recent.ts';
import type { OpenSession } from './session.ts';

export type LockListener = () => Promise<void> | void;

/** The workspace that is open, locked or not. */
export interface Opened {
  folder: string;
  header: Header;
  attempts: Attempts;
  notes: LockedNotes;
  release: () => void;
  unlocked: OpenSession | null;
  /** It is being locked: nothing new is begun, and what is under way still has its session. */
  locking: boolean;
  notices: Notice[];
}

export interface Vault {
  recent: Recent;
  stateName(): 'none' | 'locked' | 'unlocked';
  opened(): Readonly<Pick<Opened, 'folder' | 'header' | 'attempts' | 'notes' | 'notices'>> | null;
  /** Throws AppError LOCKED or NO_WORKSPACE. It answers what is under way while it is being locked, too: `stateName` says "locked" then. */
  session(): Session;
  locksAt(): Date | null;
  /** The one that was open stays open until the new one is there, and when nothing comes of it. */
  create(request: NewWorkspace): Promise<string>;
  open(folder: string): Promise<void>;
  /** Throws AppError NOT_ALLOWED_NOW when it is unlocked: no passphrase is taken as right without being looked at. */
  unlock(type: Slot['type'], secret: string): Promise<void>;
  /** `why` is the sentence on record. */
  lock(why?: string): Promise<void>;
  close(): Promise<void>;
  /** Puts a workspace first in the list of recent ones. Never throws: the list is a convenience. */
  remember(header: Header, folder: string, how?: Remembered): Promise<void>;
  touch(): void;
  /**
   * Nothing, when `secret` opens the workspace by that slot. Throws AppError NOT_ALLOWED_NOW: what is on paper would
   * open nothing (a renewal was cut short between its two writes).
   */
  requireSecret(type: Slot['type'], secret: string): Promise<void>;
  /** Nothing, when the operator knows the passphrase. Throws AppError WRONG_PASSPHRASE, which counts, and SLOW_DOWN. */
  requirePassphrase(passphrase: string): Promise<void>;
  /**
   * Wraps the master key anew; the slot's former secret stops working. Throws AppError WRONG_PASSPHRASE, which counts,
   * and SLOW_DOWN.
   */
  replaceSlot(
    type: Slot['type'],
    current: { type: Slot['type']; secret: string },
    secret: string,
    change: HeaderChange,
  ): Promise<void>;
  /**
   * Puts a restored database (`opened`, in `folder` inside the workspace) in the place of the present one, which hands it
   * its ledger and audit. The workspace is locked afterwards, with a notice that says what came of it. Throws AppError
   * when nothing was restored.
   */
  replaceDatabase(staged: { opened: OpenSession; folder: string; audit: AuditEntry }): Promise<void>;
  setRecoveryVerified(change: HeaderChange): Promise<void>;
  setAutoLock(settings: AutoLockSettings): void;
  /** Called before a workspace that was made or unlocked answers as unlocked; what it throws keeps it locked. */
  onBegin(listener: (session: Session) => Promise<void>): void;
  /** Called in the order of their coming when it is locked. One that throws or does not end keeps nothing from being locked. */
  onLock(listener: LockListener): void;
  /** Called behind an unlock; nothing waits for it. */
  onUnlock(listener: () => void): void;
}
