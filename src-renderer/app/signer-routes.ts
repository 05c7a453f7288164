/** The screens of the signers, a part of the route table. Data only, as there. */
import type { RouteEntry } from './route-table.ts';

export const SIGNER_ROUTES = [
  {
    name: 'signers',
    path: '/signers',
    title: 'Signers',
    nav: 'Issue',
    icon: 'cpu',
    needs: 'unlocked',
    parent: null,
    steps: null,
  },
  // Before the page of one signer, whose id could be anything.
  {
    name: 'signer-new',
    path: '/signers/new',
    title: 'New signer',
    nav: null,
    icon: 'cpu',
    needs: 'unlocked',
    parent: 'signers',
    steps: null,
  },
  {
    name: 'signer-migration',
    path: '/signers/migration',
    title: 'Move keys',
    nav: null,
    icon: 'cpu',
    needs: 'unlocked',
    parent: 'signers',
    steps: null,
  },
  {
    name: 'signer',
    path: '/signers/:id',
    title: 'Signer',
    nav: null,
    icon: 'cpu',
    needs: 'unlocked',
    parent: 'signers',
    steps: null,
  },
  {
    name: 'signer-edit',
    path: '/signers/:id/edit',
    title: 'Settings of the signer',
    nav: null,
    icon: 'cpu',
    needs: 'unlocked',
    parent: 'signers',
    steps: null,
  },
] as const satisfies readonly RouteEntry[];
