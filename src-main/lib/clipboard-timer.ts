/** Copies to the clipboard; a secret leaves it again after 30 s, at lock and at quit. Not a clipboard itself. */
import type { Clipboard, Clock } from '../ports.ts';

export const SECRET_ON_CLIPBOARD_MS = 30_000;

export interface ClipboardTimer {
  copy(text: string, secret: boolean): Promise<{ clearsAt: string | null }>;
  /** Removes a secret that is still there now. */
  clearSecret(): Promise<void>;
}

export function createClipboardTimer(deps: { clock: Clock; clipboard: Clipboard }): ClipboardTimer {
  let secret: string | null = null;
  let stop = (): void => {};

  async function clearSecret(): Promise<void> {
    stop();
    const text = secret;
    secret = null;
    if (text !== null) await deps.clipboard.clearIf(text);
  }

  return {
    clearSecret,
    async copy(text, isSecret) {
      await deps.clipboard.write(text);
      stop();
      secret = isSecret ? text : null;
      if (!isSecret) return { clearsAt: null };
      stop = deps.clock.after(SECRET_ON_CLIPBOARD_MS, () => void clearSecret());
      return { clearsAt: new Date(deps.clock.now().getTime() + SECRET_ON_CLIPBOARD_MS).toISOString() };
    },
  };
}
