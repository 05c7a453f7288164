/**
 * Whether a workspace is open and unlocked, as main says it; and what happens in the window when that ends.
 * It never decides anything about keys: main does.
 */
import { screenOf } from './guard.ts';
import { useEffect, useRef } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { call, onRefusal } from './call.ts';
import { readClock } from './clock.ts';
import { dropWorkspaceData, reloadQuery } from './query-store.ts';
import { formatPath, replacePath } from './router.ts';
import { emptyOnLock, useView } from './state.ts';
import { useQuery } from './use-query.ts';
import type { QueryResult } from './use-query.ts';

export type Session = Answer<'workspace.state'>;

export function useSession(): QueryResult<Session> {
  return useQuery('workspace.state', {}, ['workspace', 'settings']);
}

/** Empties the window of the workspace: answers, toasts, the palette. */
export function emptyWindow(): void {
  dropWorkspaceData();
  emptyOnLock();
}

/** Keeps the window honest: mounted once, by the application. */
export function useSessionWatch(session: Session | null): void {
  const state = session?.state ?? null;
  const id = session?.workspace?.id ?? null;
  const before = useRef(state);
  useEffect(() => {
    if (state !== null && state !== 'unlocked') emptyWindow();
    if (before.current === 'unlocked' && state === 'locked') {
      // The gate comes up wherever one is; unlocking leads back there.
      const { route } = useView.getState();
      if (route) useView.setState({ wanted: screenOf(route) });
      replacePath(formatPath('unlock'));
    }
    before.current = state;
  }, [state, id]);
  useEffect(
    () =>
      onRefusal((code) => {
        if (code === 'LOCKED' || code === 'NO_WORKSPACE') reloadQuery('workspace.state', {});
      }),
    [],
  );
}

const HEARTBEAT_MS = 15_000;

/** Reads main's clock now and then: keeps what is left right after a suspend, and notices that main is gone. */
export function useHeartbeat(): void {
  const gone = useView((state) => state.mainGone);
  useEffect(() => {
    if (gone) {
      // Nobody can lock any more, so the window lets go of everything at once.
      emptyWindow();
      return;
    }
    // A refusal is MAIN_GONE, which call.ts has put into the state: the banner says it.
    const beat = (): void => void readClock().catch(() => undefined);
    beat();
    const timer = setInterval(beat, HEARTBEAT_MS);
    return () => clearInterval(timer);
  }, [gone]);
}

/** Locks now. The window is emptied before main answers. */
export async function lock(): Promise<void> {
  emptyWindow();
  await call('workspace.lock', {});
  reloadQuery('workspace.state', {});
}

const TOUCH_EVERY_MS = 15_000;

/** Tells main that somebody is there, at most every 15 s, so that the idle timer starts again. */
export function useTouch(unlocked: boolean): void {
  useEffect(() => {
    if (!unlocked) return;
    let last = -TOUCH_EVERY_MS;
    const touch = (): void => {
      const now = performance.now();
      if (now - last < TOUCH_EVERY_MS) return;
      last = now;
      call('workspace.touch', {}).then(
        () => reloadQuery('workspace.state', {}),
        // LOCKED a moment ago: onRefusal has already asked for the state.
        () => undefined,
      );
    };
    const events = ['pointerdown', 'keydown', 'wheel'] as const;
    for (const name of events) window.addEventListener(name, touch, { passive: true });
    return () => {
      for (const name of events) window.removeEventListener(name, touch);
    };
  }, [unlocked]);
}
