/**
 * Main's half of the bridge: one binding for calls, one for events the page waits for. Who calls is read from the
 * frame playwright names, never from what the page says; everything else is dispatch's business.
 */
import { APP_ORIGIN, type AppEvent } from '#shared/bridge.ts';
import type { Reply } from '#shared/errors.ts';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import type { Caller, Dispatch } from '../../ipc/dispatch.ts';
import { CALL_BINDING, EVENTS_BINDING, installBridge } from './bridge-page.ts';

const MOST_QUEUED = 1000;

export interface BridgeMain {
  emit(event: AppEvent): void;
  /** From now on every call is answered MAIN_GONE, and the page is woken to learn it. */
  gone(): void;
}

export function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'null';
}

/** What dispatch is told about a frame: only the top frame of our own window counts as a main frame. */
export function callerOf(frame: Frame, isWindow: (page: Page) => boolean): Caller {
  return {
    origin: originOf(frame.url()),
    mainFrame: frame.parentFrame() === null && isWindow(frame.page()),
  };
}

function mainGone(): Reply<unknown> {
  return {
    ok: false,
    error: {
      code: 'MAIN_GONE',
      message:
        'Baleen stopped after an error. What was shown as done is stored; close this window and start it again.',
      ref: '',
    },
  };
}

/** Puts the bridge into every document of `context` that is opened from now on. */
export async function carryBridge(
  context: BrowserContext,
  deps: { dispatch: Dispatch; isWindow(page: Page): boolean },
): Promise<BridgeMain> {
  let isGone = false;
  let queue: AppEvent[] = [];
  let waiting: ((events: AppEvent[] | null) => void) | null = null;

  function flush(): void {
    if (waiting === null || (queue.length === 0 && !isGone)) return;
    waiting(isGone ? null : queue);
    waiting = null;
    queue = [];
  }

  await context.exposeBinding(CALL_BINDING, (source, channel: unknown, payload: unknown) =>
    isGone ? mainGone() : deps.dispatch(String(channel), payload, callerOf(source.frame, deps.isWindow)),
  );
  await context.exposeBinding(EVENTS_BINDING, (source) => {
    const { origin, mainFrame } = callerOf(source.frame, deps.isWindow);
    if (origin !== APP_ORIGIN || !mainFrame) return null;
    // A reloaded document waits anew; the promise of the one before has nobody left to answer.
    return new Promise<AppEvent[] | null>((resolve) => {
      waiting = resolve;
      flush();
    });
  });
  await context.addInitScript(installBridge, {
    origin: APP_ORIGIN,
    call: CALL_BINDING,
    events: EVENTS_BINDING,
  });
  return {
    emit(event) {
      queue.push(event);
      if (queue.length > MOST_QUEUED) queue.shift();
      flush();
    },
    gone() {
      isGone = true;
      flush();
    },
  };
}
