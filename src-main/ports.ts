/**
 * What the application needs from outside, as the shells (and tests) supply it: time, randomness, dialogs,
 * clipboard, power, folders. No implementation here, and nothing that knows of Electron or Chromium.
 */
import type { AppEvent } from '#shared/bridge.ts';

export interface Clock {
  /** Wall clock, UTC. */
  now(): Date;
  /** Calls `task` once after `ms`; returns the function that cancels it. A timer never keeps the process alive. */
  after(ms: number, task: () => void): () => void;
}

export interface Random {
  /** Cryptographically secure. */
  bytes(length: number): Uint8Array;
}

/** Native pickers. Each answers an absolute path, or null when the operator cancelled. */
export interface Dialogs {
  folder(options: { title: string; start: string }): Promise<string | null>;
  saveFile(options: { title: string; start: string; name: string }): Promise<string | null>;
  openFile(options: { title: string; start: string }): Promise<string | null>;
}

export interface Clipboard {
  write(text: string): Promise<void>;
  /** Empties the clipboard if it still holds `text`. */
  clearIf(text: string): Promise<void>;
}

export interface Ports {
  clock: Clock;
  random: Random;
  dialogs: Dialogs;
  clipboard: Clipboard;
  /** Sends an event to the window; never throws. */
  emit(event: AppEvent): void;
  /** Runs when the machine is about to sleep or its screen is locked. */
  onSuspend(listener: () => void): void;
  /** Ends the application; the shell closes its window. */
  quit(): void;
  /** One JSON line of the log, already redacted. */
  logLine(line: string): void;
  paths: {
    /** Settings, recent list; made with mode 0700. */
    config: string;
    /** Where new workspaces are suggested. */
    workspaces: string;
    /** Folder of the workspace to start with (`--workspace DIR`), absolute; null: the recent list decides. */
    workspace: string | null;
  };
  /** Entry files of the worker threads: bundled ones in the application, sources in tests. */
  workers: { store: URL };
  version: string;
  /** Sentences about this start for the operator (shell fallback, root without sandbox). */
  notices: string[];
}
