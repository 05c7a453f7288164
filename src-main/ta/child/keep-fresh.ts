/** Looks now and then whether something is due or was not published, as long as the workspace is unlocked. What that is is decided elsewhere. */
import type { Around } from '../../lib/device-use.ts';
import type { Clock } from '../../ports.ts';

export interface KeepFresh {
  /** Looks now, then again and again until `stop`. Nothing when it does so already. */
  start(): Promise<void>;
  stop(): void;
}

const EVERY_MS = 15 * 60_000;

/** `look` rejects for nothing that a later look could not find again; `failed` is told. */
export function createKeepFresh(deps: {
  clock: Clock;
  look(): Promise<void>;
  /** Around each look (lib/device-use.ts). */
  around: Around;
  failed(error: unknown): void;
}): KeepFresh {
  let cancel: (() => void) | null = null;

  async function again(): Promise<void> {
    cancel = deps.clock.after(EVERY_MS, () => void again());
    await deps.around(deps.look).catch(deps.failed);
  }

  return {
    start: () => (cancel === null ? again() : Promise.resolve()),
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}
