/**
 * The component of every screen, each its own piece of code. Complete over the route table by its type; a
 * screen is added in route-table.ts and here, and nowhere else.
 */
import { lazy } from 'react';
import type { ComponentType } from 'react';
import type { RouteName } from './route-table.ts';
import type { ViewProps } from './view-props.ts';

type View = ComponentType<ViewProps>;

/** Screens whose domain has not landed its view yet; empty when the release is whole. */
type Pending =
  | 'authorities'
  | 'authority'
  | 'issue'
  | 'certificates'
  | 'certificate'
  | 'keys'
  | 'key'
  | 'inspect'
  | 'audit';

export const VIEWS: Record<Exclude<RouteName, Pending>, View> & Partial<Record<Pending, View>> = {
  start: lazy(async () => ({ default: (await import('../views/workspace/start.tsx')).Start })),
  'create-workspace': lazy(async () => ({
    default: (await import('../views/workspace/create-workspace.tsx')).CreateWorkspace,
  })),
  unlock: lazy(async () => ({ default: (await import('../views/workspace/unlock.tsx')).Unlock })),
  recover: lazy(async () => ({ default: (await import('../views/workspace/recover.tsx')).Recover })),
  settings: lazy(async () => ({ default: (await import('../views/workspace/settings.tsx')).Settings })),
  overview: lazy(async () => ({ default: (await import('../views/overview/overview.tsx')).Overview })),
};
