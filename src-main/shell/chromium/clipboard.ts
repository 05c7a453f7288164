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

interface HeldPage {
  onbeforeunload: ((event: Event) => void) | null;
  onkeydown: ((event: { key: string; ctrlKey: boolean; metaKey: boolean }) => void) | null;
  reloadAskedAt?: number;
}

export interface WindowClipboard extends Clipboard {
  isHeld(): boolean;
  /** A key that reloads was the last reason to leave: the question before leaving says nothing of it. */
  wantsReload(): Promise<boolean>;
  /** Takes a secret away that is there now; after it, none is held, come what may. The page must not stand behind a question. */
  letGo(): Promise<void>;
}

/** Runs in the page: while a secret is held, the window asks before it goes, so that main hears of it in time. */
function holdWindow(held: boolean): void {
  const page = globalThis as unknown as HeldPage;
  /* oxlint-disable unicorn/prefer-add-event-listener -- one of each at most, and taken back from here without its function */
  page.onbeforeunload = held ? (event) => event.preventDefault() : null;
  if (held)
    page.onkeydown = ({ key, ctrlKey, metaKey }) => {
      if (key === 'F5' || ((ctrlKey || metaKey) && key.toLowerCase() === 'r'))
        page.reloadAskedAt = Date.now();
    };
  /* oxlint-enable unicorn/prefer-add-event-listener */
}

/** Runs in the page. */
function reloadWasAsked(): boolean {
  const RECENT_MS = 5000;
  return Date.now() - ((globalThis as unknown as HeldPage).reloadAskedAt ?? 0) < RECENT_MS;
}

export function windowClipboard(page: () => Page): WindowClipboard {
  let held: string | null = null;
  let last: Promise<unknown> = Promise.resolve();
  // Kept for the life of the window: when a session is detached, Chromium forgets every refusal made for the origin.
  let opened: Promise<CDPSession> | null = null;

  async function allow(setting: 'granted' | 'denied'): Promise<void> {
    const window = page();
    opened ??= window.context().newCDPSession(window);
    // One that failed is not kept: the next time begins anew.
    opened.catch(() => void (opened = null));
    const session = await opened;
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
  const clearIf = (text: string): Promise<void> =>
    next(async (window) => {
      await window.evaluate(async (given) => {
        const { clipboard } = (globalThis as unknown as PageClipboard).navigator;
        if ((await clipboard.readText()) === given) await clipboard.writeText('');
      }, text);
      if (held !== text) return;
      held = null;
      await window.evaluate(holdWindow, false);
    });
  return {
    write: (text, secret) =>
      next(async (window) => {
        await window.evaluate(
          (given) => (globalThis as unknown as PageClipboard).navigator.clipboard.writeText(given),
          text,
        );
        held = secret ? text : null;
        await window.evaluate(holdWindow, secret);
      }),
    clearIf,
    isHeld: () => held !== null,
    wantsReload: () => page().evaluate(reloadWasAsked),
    async letGo() {
      if (held === null) return;
      try {
        await clearIf(held);
      } finally {
        held = null;
      }
    },
  };
}
