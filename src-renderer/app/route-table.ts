/**
 * Every screen of the application as data: path, title, place in the navigation, what it needs, wizard steps.
 * No component is named here, so that Node reads it too: the tour and the accessibility tests walk over it.
 */
import { SIGNER_ROUTES } from './signer-routes.ts';
import { TA_ROUTES } from './ta-routes.ts';

/** What must be true before a screen is shown: nothing, a locked workspace, or an unlocked one. */
export type RouteNeeds = 'nothing' | 'locked' | 'unlocked';

export const NAV_GROUPS = ['Issue', 'Trust', 'Operate'] as const;
export type NavGroup = (typeof NAV_GROUPS)[number];

export interface RouteEntry {
  name: string;
  /** Segments; `:x` must be there, `:x?` may be missing. Ids only: a path never holds a name or a secret. */
  path: string;
  title: string;
  /** Where it stands in the navigation: a group, `top` above the groups, or nowhere. */
  nav: NavGroup | 'top' | null;
  icon: string;
  needs: RouteNeeds;
  /** The screen above it in the breadcrumb. */
  parent: string | null;
  /** The steps of a wizard, in order; the path's `:step?` holds one of them. */
  steps: readonly string[] | null;
}

export const ROUTES = [
  {
    name: 'start',
    path: '/start',
    title: 'Start',
    nav: null,
    icon: 'house',
    needs: 'nothing',
    parent: null,
    steps: null,
  },
  {
    name: 'create-workspace',
    path: '/create/:step?',
    title: 'New workspace',
    nav: null,
    icon: 'folder-plus',
    needs: 'nothing',
    parent: null,
    steps: ['kind', 'place', 'passphrase', 'recovery', 'verify'],
  },
  {
    name: 'unlock',
    path: '/unlock',
    title: 'Unlock',
    nav: null,
    icon: 'lock',
    needs: 'locked',
    parent: null,
    steps: null,
  },
  {
    name: 'recover',
    path: '/recover',
    title: 'Use the recovery key',
    nav: null,
    icon: 'life-buoy',
    needs: 'locked',
    parent: 'unlock',
    steps: null,
  },
  {
    name: 'overview',
    path: '/overview',
    title: 'Overview',
    nav: 'top',
    icon: 'house',
    needs: 'unlocked',
    parent: null,
    steps: null,
  },
  {
    name: 'authorities',
    path: '/authorities',
    title: 'Authorities',
    nav: 'Issue',
    icon: 'shield',
    needs: 'unlocked',
    parent: null,
    steps: null,
  },
  {
    name: 'authority',
    path: '/authorities/:id',
    title: 'Authority',
    nav: null,
    icon: 'shield',
    needs: 'unlocked',
    parent: 'authorities',
    steps: null,
  },
  {
    name: 'issue',
    path: '/issue/:draft/:step?',
    title: 'Issue',
    nav: null,
    icon: 'file-badge',
    needs: 'unlocked',
    parent: 'certificates',
    steps: ['purpose', 'key', 'validity', 'names', 'review', 'result'],
  },
  {
    name: 'certificates',
    path: '/certificates',
    title: 'Certificates',
    nav: 'Issue',
    icon: 'file-badge',
    needs: 'unlocked',
    parent: null,
    steps: null,
  },
  {
    name: 'certificate',
    path: '/certificates/:id',
    title: 'Certificate',
    nav: null,
    icon: 'file-badge',
    needs: 'unlocked',
    parent: 'certificates',
    steps: null,
  },
  {
    name: 'kept',
    path: '/kept',
    title: 'Requests and CRLs',
    nav: 'Issue',
    icon: 'file-question',
    needs: 'unlocked',
    parent: null,
    steps: null,
  },
  {
    name: 'kept-object',
    path: '/kept/:id',
    title: 'Kept object',
    nav: null,
    icon: 'file-question',
    needs: 'unlocked',
    parent: 'kept',
    steps: null,
  },
  {
    name: 'keys',
    path: '/keys',
    title: 'Keys',
    nav: 'Issue',
    icon: 'key',
    needs: 'unlocked',
    parent: null,
    steps: null,
  },
  {
    name: 'key',
    path: '/keys/:id',
    title: 'Key',
    nav: null,
    icon: 'key',
    needs: 'unlocked',
    parent: 'keys',
    steps: null,
  },
  ...SIGNER_ROUTES,
  ...TA_ROUTES,
  {
    name: 'inspect',
    path: '/inspect/:id?',
    title: 'Inspect',
    nav: 'Trust',
    icon: 'search',
    needs: 'nothing',
    parent: null,
    steps: null,
  },
  {
    name: 'audit',
    path: '/audit',
    title: 'Audit',
    nav: 'Operate',
    icon: 'scroll-text',
    needs: 'unlocked',
    parent: null,
    steps: null,
  },
  {
    name: 'settings',
    path: '/settings',
    title: 'Settings',
    nav: 'Operate',
    icon: 'settings',
    needs: 'nothing',
    parent: null,
    steps: null,
  },
] as const satisfies readonly RouteEntry[];

export type RouteName = (typeof ROUTES)[number]['name'];
export type IconName = (typeof ROUTES)[number]['icon'];

/** The entry of a screen, with the wide type (so that `steps` and `parent` read the same for all). */
export function routeEntry(name: RouteName): RouteEntry & { name: RouteName; icon: IconName } {
  const entry = ROUTES.find((candidate) => candidate.name === name);
  if (!entry) throw new Error(`no route ${name}`);
  return entry;
}
