/**
 * The page's half of the bridge: one function that Chromium runs in a new document before any script of it, and
 * that makes `window.bridge`. It is carried as text, so it may use nothing from outside its own body.
 */
import type { AppEvent, Bridge } from '#shared/bridge.ts';
import type { Reply } from '#shared/errors.ts';

/** Names of the two bindings; the page half takes them off the window before any other script runs. */
export const CALL_BINDING = '__baleenCall';
export const EVENTS_BINDING = '__baleenEvents';

export interface BridgeNames {
  origin: string;
  call: string;
  events: string;
}

interface Page {
  location: { origin: string };
  top: unknown;
  bridge?: Bridge;
  [binding: string]: unknown;
}

export function installBridge(names: BridgeNames): void {
  const page = globalThis as unknown as Page;
  // A courtesy only: who may call is decided in main, by the frame the call comes from.
  if (page.location.origin !== names.origin || page.top !== page) return;
  const call = page[names.call] as (channel: string, payload: unknown) => Promise<Reply<unknown>>;
  const nextEvents = page[names.events] as () => Promise<AppEvent[] | null>;
  delete page[names.call];
  delete page[names.events];
  const listeners = new Set<(event: AppEvent) => void>();
  const gone: Reply<unknown> = {
    ok: false,
    error: {
      code: 'MAIN_GONE',
      message: 'Baleen stopped. What was shown as done is stored; close this window and start it again.',
      ref: '',
    },
  };

  function deliver(event: AppEvent): void {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        // One listener's bug must not silence the others; the browser reports it as uncaught.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  async function pump(): Promise<void> {
    for (;;) {
      const events = await nextEvents();
      if (events === null) break;
      for (const event of events) deliver(Object.freeze(event));
    }
  }

  // However the pump ends, main is gone: every listener looks again, and what it asks is answered MAIN_GONE.
  const wake = (): void => deliver({ type: 'changed', topic: 'workspace', ids: [] });
  pump().then(wake, wake);

  const bridge: Bridge = Object.freeze({
    invoke: (channel: string, payload: unknown) => call(channel, payload).catch(() => gone),
    subscribe(listener: (event: AppEvent) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
  Object.defineProperty(page, 'bridge', {
    value: bridge,
    writable: false,
    configurable: false,
    enumerable: true,
  });
}
