/** When an unlocked workspace locks by itself: after idle minutes, or when the machine sleeps. It locks nothing itself. */
import type { Clock } from '../ports.ts';

export interface AutoLockSettings {
  autoLockMinutes: number;
  lockOnSuspend: boolean;
}

export const AUTO_LOCK_PRESET: AutoLockSettings = { autoLockMinutes: 10, lockOnSuspend: true };

export interface AutoLock {
  /** Starts the idle time anew; does nothing while stopped. */
  touch(): void;
  start(settings: AutoLockSettings): void;
  stop(): void;
  locksAt(): Date | null;
  /** Whether sleep locks, by the settings it was started with. */
  onSuspend(): boolean;
}

export function createAutoLock(clock: Clock, lock: () => void): AutoLock {
  let settings = AUTO_LOCK_PRESET;
  let at: Date | null = null;
  let cancel = (): void => undefined;

  function begin(): void {
    cancel();
    const ms = settings.autoLockMinutes * 60_000;
    at = new Date(clock.now().getTime() + ms);
    cancel = clock.after(ms, lock);
  }

  return {
    touch() {
      if (at !== null) begin();
    },
    start(given) {
      settings = given;
      begin();
    },
    stop() {
      cancel();
      at = null;
    },
    locksAt: () => at,
    onSuspend: () => settings.lockOnSuspend,
  };
}
