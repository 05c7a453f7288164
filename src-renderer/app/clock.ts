/**
 * Main's clock, carried on in the window: one reading of `app.info`, then the time that passed since.
 * The window's own clock is never used, so that "17 days left" agrees with what main decides.
 */
import { useEffect, useState } from 'react';
import { call } from './call.ts';

let base: { mainMs: number; readAt: number } | null = null;
const listeners = new Set<() => void>();

/** Milliseconds UTC now; before main has answered, the window's own (nothing is decided by it). */
export function nowMs(): number {
  return base ? base.mainMs + (performance.now() - base.readAt) : Date.now();
}

/** Sets the clock from an instant that main said. */
export function setClock(now: string): void {
  base = { mainMs: Date.parse(now), readAt: performance.now() };
  for (const listener of listeners) listener();
}

/** Reads main's clock. */
export async function readClock(): Promise<void> {
  setClock((await call('app.info', {})).now);
}

/** Now, moved on every `everyMs` (30 s): for what is left, ages and countdowns. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(nowMs);
  useEffect(() => {
    const tick = (): void => setNow(nowMs());
    listeners.add(tick);
    const timer = setInterval(tick, everyMs);
    tick();
    return () => {
      listeners.delete(tick);
      clearInterval(timer);
    };
  }, [everyMs]);
  return now;
}
