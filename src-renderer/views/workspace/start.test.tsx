import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installBridge, Refusal } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import type { Route } from '../../app/router.ts';
import type { Session } from '../../app/session.ts';
import { Start } from './start.tsx';

const SESSION: Session = { state: 'none', workspace: null, retryAt: null, notices: [] };
const route = (query: Record<string, string> = {}) =>
  ({ name: 'start', params: {}, query }) as unknown as Route;
const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 30))));
const ROW = {
  ...{ id: 'recent-1', name: 'W', kind: 'online', path: '/home/u/w', problem: null },
  lastOpenedAt: '2026-11-28T07:00:00.000Z',
  restoredAt: null as string | null,
};
let rows: object[] = [ROW];

beforeEach(() => {
  dropWorkspaceData();
  rows = [ROW];
  installBridge({
    'workspace.recent': () => ({ rows }),
    'workspace.openRecent': () => {
      throw new Refusal({
        code: 'WORKSPACE_IN_USE',
        message: 'It is open elsewhere.',
        ref: 'r1',
        details: {},
      });
    },
    'dialogs.folder': () => ({ chosen: null }),
  });
});
afterEach(cleanup);

async function refused() {
  const view = render(<Start route={route()} session={SESSION} />);
  await settle();
  fireEvent.click(screen.getByRole('button', { name: 'Open W' }));
  await settle();
  expect(screen.getByText('Another Baleen has this workspace open')).toBeTruthy();
  return view;
}
const refusal = () => screen.queryByText('Another Baleen has this workspace open');

test('a refusal goes when another step begins: a restore', async () => {
  const view = await refused();
  view.rerender(<Start route={route({ open: 'restore' })} session={SESSION} />);
  await settle();
  expect(refusal()).toBeNull();
});

test('a refusal goes when another step begins: a folder is opened, or a line forgotten', async () => {
  await refused();
  fireEvent.click(screen.getByRole('button', { name: 'Open a folder…' }));
  await settle();
  expect(refusal()).toBeNull();
  cleanup();
  await refused();
  fireEvent.click(screen.getByRole('button', { name: 'Forget W' }));
  await settle();
  expect(refusal()).toBeNull();
});

test('a restored copy is marked, and is called opened only once it was', async () => {
  const restoredAt = '2026-11-28T07:06:12.000Z';
  rows = [{ ...ROW, restoredAt, lastOpenedAt: null }];
  render(<Start route={route()} session={SESSION} />);
  await settle();
  expect(screen.getByText('restored copy')).toBeTruthy();
  expect(screen.getByText(/not opened yet/)).toBeTruthy();
  expect(screen.queryByText(/last opened/)).toBeNull();
});
