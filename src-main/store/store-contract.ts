/**
 * What the rest of main sees of the store and of an unlocked workspace. Types only: the store itself lives in a
 * worker thread, and the session is made by the vault.
 */
import type { WorkspaceKind, WorkspaceState } from '#shared/contract/workspace.ts';
import type { KeyObject } from 'node:crypto';
import type { Command } from './command.ts';
import type { Commands } from './commands/index.ts';

export type CommandName = keyof Commands;
export type CommandArgs<N extends CommandName> = Commands[N] extends Command<infer A, unknown> ? A : never;
export type CommandResult<N extends CommandName> = Commands[N] extends Command<never, infer R> ? R : never;

export interface Store {
  /**
   * Runs one use-case command as one transaction in the worker. Resolves after the commit is durable.
   * Throws AppError as the command documents it, DISK_FULL, PERMISSION_DENIED, WORKSPACE_DAMAGED; LOCKED once closed.
   */
  run<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandResult<N>>;
  /** Writes a consistent copy, encrypted under the same key, to `path` (must not exist); answers what it holds. */
  copyTo(path: string): Promise<string>;
  /** Opens a copy under the same key, checks its structure, and answers what it holds, to compare. */
  checkCopy(path: string): Promise<string>;
  /** How many records had their line in audit.jsonl when it was opened; once it is closed, how many have it. */
  auditLines(): number;
  /** Ends the worker after what was asked before. Twice is not an error. */
  close(): Promise<void>;
}

/** HMAC-SHA-256 in the making. */
export interface Mac {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

export type Notice = WorkspaceState['notices'][number];

/** An unlocked workspace. It ends with the lock: take a new one for each call, keep none. */
export interface Session {
  workspace: { id: string; name: string; kind: WorkspaceKind; path: string; createdAt: string };
  store: Store;
  /** Seals a private key under a data key of its own, bound to `keyId`. Throws AppError LOCKED. */
  seal(keyId: string, pkcs8Der: Uint8Array): Uint8Array;
  /** SECURITY: the caller wipes what it gets. Throws AppError WORKSPACE_DAMAGED, LOCKED. */
  open(keyId: string, sealed: Uint8Array): Uint8Array;
  /** Signs with the workspace's audit key (Ed25519, derived from the master key). */
  signHead(message: Uint8Array): { signature: Uint8Array; publicKey: KeyObject };
  /** A fresh HMAC-SHA-256 for one backup file. */
  backupMac(): Mac;
  /** A sentence for the operator, shown until it is locked. */
  notice(severity: Notice['severity'], text: string): void;
}
