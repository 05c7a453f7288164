/** Copies to the clipboard; a secret leaves it again after 30 s, at lock and at quit. Not a clipboard itself. */
import type { Clipboard, Clock } from '../ports.ts';
import type { Log } from './log.ts';

export const SECRET_ON_CLIPBOARD_MS = 30_000;
/** A window in the background may be refused its clipboard for a while. */
const TRY_AGAIN_MS = 5_000;

export interface ClipboardTimer {
  copy(text: string, secret: boolean): Promise<{ clearsAt: string | null }>;
  /** Removes a secret that is still there now. Never throws: what fails is tried again until it is done. */
  clearSecret(): Promise<void>;
}

export function createClipboardTimer(deps: { clock: Clock; clipboard: Clipboard; log: Log }): ClipboardTimer {
  /** An object of its own for each copy, so that the end of an earlier one is not taken for this one's. */
  let secret: { text: string; refused: boolean } | null = null;
  let stop = (): void => {};

  async function clearSecret(): Promise<void> {
    stop();
    const held = secret;
    if (held === null) return;
    try {
      await deps.clipboard.clearIf(held.text);
      if (secret === held) secret = null;
    } catch {
      // SECURITY: the error is not logged, for it may quote what was to be removed.
      if (!held.refused) deps.log.info('The clipboard could not be cleared yet; it is tried again.');
      held.refused = true;
      if (secret === held) stop = deps.clock.after(TRY_AGAIN_MS, () => void clearSecret());
    }
  }

  return {
    clearSecret,
    async copy(text, isSecret) {
      await deps.clipboard.write(text, isSecret);
      stop();
      secret = isSecret ? { text, refused: false } : null;
      if (!isSecret) return { clearsAt: null };
      stop = deps.clock.after(SECRET_ON_CLIPBOARD_MS, () => void clearSecret());
      return { clearsAt: new Date(deps.clock.now().getTime() + SECRET_ON_CLIPBOARD_MS).toISOString() };
    },
  };
}
