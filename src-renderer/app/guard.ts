/**
 * Which screen is shown for what the address asks and what the workspace allows. A pure function; the
 * application follows it and rewrites the address.
 */
import { formatPath, parsePath } from './router.ts';
import type { Route } from './router.ts';
import { routeEntry } from './route-table.ts';

export interface Guarded {
  route: Route;
  /** The address must be replaced by this screen's. */
  redirect: boolean;
  /** Remember what was asked for, to return to it after unlocking. */
  wanted: string | null;
}

const at = (name: Route['name'], params: Record<string, string> = {}): Route => ({ name, params, query: {} });

/** Steps of the create wizard that belong to a workspace that is there already. */
const AFTER_CREATION = new Set(['recovery', 'verify']);

/** What the guard must know of the session. */
export interface Gate {
  state: 'none' | 'locked' | 'unlocked';
  /** false: a new workspace whose recovery key nobody has typed back yet. */
  recoveryVerified: boolean;
}

/** The address without its dialog: what was begun there ended with the lock, and its words would cover the screen. */
export function screenOf({ name, params, query: { open: _open, ...query } }: Route): string {
  return formatPath(name, params, query);
}

export function guard(asked: Route | null, given: Gate, wanted: string | null): Guarded {
  const { state } = given;
  const stay = (route: Route): Guarded => ({ route, redirect: false, wanted: null });
  const go = (route: Route, remember: string | null = null): Guarded => ({
    route,
    redirect: true,
    wanted: remember,
  });
  const needs = asked ? routeEntry(asked.name).needs : null;
  const creating = asked?.name === 'create-workspace';
  const afterCreation = creating && AFTER_CREATION.has(asked.params['step'] ?? '');

  if (state === 'none') {
    if (!asked || needs !== 'nothing') return go(at('start'));
    return afterCreation ? go(at('create-workspace')) : stay(asked);
  }
  if (state === 'locked') {
    if (!asked || asked.name === 'start' || creating) return go(at('unlock'));
    if (needs === 'unlocked') return go(at('unlock'), screenOf(asked));
    return stay(asked);
  }
  // The workspace was made this moment: its wizard goes on with the recovery key.
  if (creating && !afterCreation && !given.recoveryVerified) {
    return go(at('create-workspace', { step: 'recovery' }));
  }
  if (!asked || asked.name === 'start' || needs === 'locked' || (creating && !afterCreation)) {
    const back = wanted === null ? null : parsePath(wanted);
    const isGate = !back || back.name === 'start' || routeEntry(back.name).needs === 'locked';
    return go(isGate || back.name === 'create-workspace' ? at('overview') : back);
  }
  return stay(asked);
}
