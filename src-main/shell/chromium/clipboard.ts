/**
 * The system's clipboard, reached through the window of the Chromium shell. When a secret leaves it again is decided
 * in lib/clipboard-timer.ts.
 */
import { APP_ORIGIN } from '#shared/bridge.ts';
import type { CDPSession, Page } from 'playwright-core';
import type { Clipboard } from '../../ports.ts';

interface PageClipboard {
  navigator: { clipboard: { readText(): Promise<string>; writeText(text: string): Promise<void> } };
}

export function windowClipboard(page: () => Page): Clipboard {
  let last: Promise<unknown> = Promise.resolve();
  // Kept for the life of the window: when a session is detached, Chromium forgets every refusal made for the origin.
  let opened: Promise<CDPSession> | null = null;

  async function allow(setting: 'granted' | 'denied'): Promise<void> {
    const window = page();
    const session = await (opened ??= window.context().newCDPSession(window));
    for (const name of ['clipboard-read', 'clipboard-write'])
      await session.send('Browser.setPermission', { permission: { name }, setting, origin: APP_ORIGIN });
  }

  async function granted<T>(work: (window: Page) => Promise<T>): Promise<T> {
    // SECURITY: a page's script may touch the clipboard only while main does it here.
    await allow('granted');
    try {
      return await work(page());
    } finally {
      await allow('denied');
    }
  }
  /** One after the other: the end of one grant must not fall into the next. */
  function next<T>(work: (window: Page) => Promise<T>): Promise<T> {
    const run = (): Promise<T> => granted(work);
    const done = last.then(run, run);
    last = done.catch(() => undefined);
    return done;
  }
  return {
    write: (text) =>
      next((window) =>
        window.evaluate(
          (given) => (globalThis as unknown as PageClipboard).navigator.clipboard.writeText(given),
          text,
        ),
      ),
    clearIf: (text) =>
      next((window) =>
        window.evaluate(async (given) => {
          const { clipboard } = (globalThis as unknown as PageClipboard).navigator;
          if ((await clipboard.readText()) === given) await clipboard.writeText('');
        }, text),
      ),
  };
}
