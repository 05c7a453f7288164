/** What the vault offers to the channels and the domains. Types only; the state machine is vault.ts. */
import type { AuditEntry } from '../audit/audit-record.ts';
import type { WorkspaceKind } from '#shared/contract/workspace.ts';
import type { Notice, Session } from '../store/store-contract.ts';
import type { Attempts } from './attempts.ts';
import type { AutoLockSettings } from './auto-lock.ts';
import type { Header, Slot } from './header.ts';
import type { Recent } from './recent.ts';
import type { OpenSession } from './session.ts';

/** The workspace that is open, locked or not. */
export interface Opened {
  folder: string;
  header: Header;
  attempts: Attempts;
  release: () => void;
  unlocked: OpenSession | null;
  notices: Notice[];
}

export interface Vault {
  recent: Recent;
  stateName(): 'none' | 'locked' | 'unlocked';
  opened(): Readonly<Pick<Opened, 'folder' | 'header' | 'attempts' | 'notices'>> | null;
  /** Throws AppError LOCKED or NO_WORKSPACE. */
  session(): Session;
  locksAt(): Date | null;
  create(request: { folder: string; name: string; kind: WorkspaceKind; passphrase: string }): Promise<string>;
  open(folder: string): Promise<void>;
  unlock(type: Slot['type'], secret: string): Promise<void>;
  lock(): Promise<void>;
  close(): Promise<void>;
  touch(): void;
  /**
   * Nothing, when `secret` opens the workspace by that slot. Throws AppError NOT_ALLOWED_NOW: what is on paper would
   * open nothing (a renewal was cut short between its two writes).
   */
  requireSecret(type: Slot['type'], secret: string): Promise<void>;
  /** Wraps the master key anew; the slot's former secret stops working. */
  replaceSlot(
    type: Slot['type'],
    current: { type: Slot['type']; secret: string },
    secret: string,
    change: Partial<Pick<Header, 'recoveryVerified'>>,
  ): Promise<void>;
  /**
   * Puts a restored database (`opened`, in `folder` inside the workspace) in the place of the present one, which hands it
   * its ledger and audit. The workspace is locked afterwards, with a notice that says what came of it.
   */
  replaceDatabase(staged: { opened: OpenSession; folder: string; audit: AuditEntry }): Promise<void>;
  setRecoveryVerified(): Promise<void>;
  setAutoLock(settings: AutoLockSettings): void;
  onLock(listener: () => Promise<void> | void): void;
}
