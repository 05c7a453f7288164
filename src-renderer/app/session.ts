/**
 * Whether a workspace is open and unlocked, as main says it; and what happens in the window when that ends.
 * It never decides anything about keys: main does.
 */
import { useEffect } from 'react';
import type { Answer } from '#shared/contract/index.ts';
import { call, onRefusal } from './call.ts';
import { dropWorkspaceData, reloadQuery } from './query-store.ts';
import { emptyOnLock } from './state.ts';
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
  useEffect(() => {
    if (state !== null && state !== 'unlocked') emptyWindow();
  }, [state, id]);
  useEffect(
    () =>
      onRefusal((code) => {
        if (code === 'LOCKED' || code === 'NO_WORKSPACE') reloadQuery('workspace.state', {});
      }),
    [],
  );
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
