import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { App } from './app.tsx';
import { Refusal, installBridge } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';
import { heldQueries, takeEvent } from './query-store.ts';
import { showToast, useView } from './state.ts';

const NOW = '2026-11-24T09:00:00.000Z';
let state: 'none' | 'locked' | 'unlocked';
let gone: boolean;
let bridge: FakeBridge;

beforeEach(() => {
  state = 'unlocked';
  gone = false;
  window.location.hash = '#/settings';
  useView.setState({ mainGone: false, toasts: [], paletteOpen: false, wanted: null });
  const workspace = {
    id: 'w-1',
    name: 'Canary workspace',
    kind: 'online',
    path: '/canary/path',
    createdAt: NOW,
    recoveryVerified: true,
    recoveryFresh: false,
    autoLockMinutes: 10,
    locksAt: null,
  };
  const table: Record<string, (payload: never) => unknown> = {
    'app.info': () => ({ version: '1', platform: 'x', now: NOW, missingAlgorithms: [], notices: [] }),
    'app.appearance': () => ({ theme: 'light', zoom: 1 }),
    'workspace.state': () => ({
      state,
      workspace: state === 'none' ? null : workspace,
      retryAt: null,
      notices: [],
    }),
    'workspace.settings': () => ({ autoLockMinutes: 10, lockOnSuspend: true }),
    'workspace.touch': () => ({}),
    'workspace.lock': () => {
      state = 'locked';
      return {};
    },
    'audit.head': () => ({ entries: 7, head: '00', short: '7 CANARY HEAD' }),
    'overview.get': () => {
      const item = { severity: 'bad', subject: 'canary.example.net', text: 'x', detail: '', action: null };
      return {
        checkedAt: NOW,
        attention: [item],
        signers: [],
        trustAnchor: [],
        counts: { authorities: 1, certificates: 1, keys: 1, drafts: 0 },
        lanes: [],
        recent: [],
      };
    },
  };
  const guarded = Object.fromEntries(
    Object.entries(table).map(([name, answer]) => [
      name,
      (payload: never) => {
        if (gone) throw new Refusal({ code: 'MAIN_GONE', message: 'gone', ref: '' });
        return answer(payload);
      },
    ]),
  );
  bridge = installBridge(guarded);
});
afterEach(cleanup);

const settle = () => act(async () => new Promise((resolve) => setTimeout(resolve, 0)));

describe('lock', () => {
  test('empties answers, toasts and the palette, and shows the gate', async () => {
    window.location.hash = '#/overview';
    render(<App />);
    await settle();
    await screen.findByText('canary.example.net');
    expect(heldQueries().some((key) => key.startsWith('overview.get'))).toBe(true);
    act(() => {
      showToast('canary.example.net issued');
      useView.setState({ paletteOpen: true });
    });

    // Main locked by itself: only the event tells.
    state = 'locked';
    await act(async () => takeEvent({ type: 'changed', topic: 'workspace', ids: [] }));
    await screen.findByLabelText('Passphrase');
    expect(heldQueries().filter((key) => !/^(app|workspace)\./.test(key))).toEqual([]);
    expect(useView.getState()).toMatchObject({ toasts: [], paletteOpen: false });
    expect(document.body.textContent).not.toContain('canary.example.net');
    expect(document.body.textContent).not.toContain('CANARY HEAD');
    expect(window.location.hash).toBe('#/unlock');
    expect(JSON.stringify(useView.getState())).not.toContain('anary');
  });

  test('returns after unlocking to where it was', async () => {
    window.location.hash = '#/audit';
    state = 'locked';
    render(<App />);
    await settle();
    expect(window.location.hash).toBe('#/unlock');
    expect(useView.getState().wanted).toBe('/audit');
    state = 'unlocked';
    await act(async () => takeEvent({ type: 'changed', topic: 'workspace', ids: [] }));
    await settle();
    expect(window.location.hash).toBe('#/audit');
  });

  test('Ctrl L locks', async () => {
    render(<App />);
    await settle();
    await act(async () => {
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'l', ctrlKey: true }));
    });
    await settle();
    expect(bridge.callsOf('workspace.lock')).toHaveLength(1);
    await screen.findByLabelText('Passphrase');
  });
});

test('when main is gone the window says so and lets go of the data', async () => {
  window.location.hash = '#/overview';
  render(<App />);
  await settle();
  await screen.findByText('canary.example.net');
  gone = true;
  await act(async () => takeEvent({ type: 'changed', topic: 'audit', ids: [] }));
  await settle();
  expect(screen.getAllByRole('alert')[0]?.textContent).toContain('The main process is gone');
  expect(document.body.textContent).not.toContain('canary.example.net');
  expect(heldQueries().some((key) => key.startsWith('overview.get'))).toBe(false);
});
