import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { App } from './app.tsx';
import { Refusal, installBridge } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';
import { heldQueries, takeEvent } from './query-store.ts';
import { showToast, useView } from './state.ts';

const NOW = '2026-11-24T09:00:00.000Z';
let state: 'none' | 'locked' | 'unlocked';
let gone: boolean;
let serves: boolean;
let bridge: FakeBridge;

beforeEach(() => {
  state = 'unlocked';
  gone = false;
  serves = false;
  window.location.hash = '#/settings';
  useView.setState({ leaving: null, mainGone: false, toasts: [], paletteOpen: false, wanted: null });
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
    'ta.serving': () => ({ running: serves, lockedUntil: null }),
    'workspace.close': () => {
      state = 'none';
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
    // Whether it serves is said at the gate, too.
    expect(heldQueries().filter((key) => !/^(?:app\.|workspace\.|ta\.serving )/.test(key))).toEqual([]);
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

describe('leaving the workspace', () => {
  const leave = async (): Promise<void> => {
    fireEvent.click(await screen.findByRole('button', { name: 'Open another workspace' }));
    await settle();
  };

  test('closes it at once while nobody is served', async () => {
    state = 'locked';
    window.location.hash = '#/unlock';
    render(<App />);
    await leave();
    expect(bridge.callsOf('workspace.close')).toHaveLength(1);
  });

  test('asks first while its trust anchor serves, also at the gate', async () => {
    state = 'locked';
    serves = true;
    window.location.hash = '#/unlock';
    render(<App />);
    await leave();
    const question = screen.getByRole('alertdialog', {
      name: 'Close the workspace while the trust anchor serves?',
    });
    expect(bridge.callsOf('workspace.close')).toEqual([]);
    fireEvent.click(within(question).getByRole('button', { name: 'Keep it open' }));
    await settle();
    expect(screen.queryByRole('alertdialog')).toBeNull();
    await leave();
    fireEvent.click(screen.getByRole('button', { name: 'Close the workspace' }));
    await settle();
    expect(bridge.callsOf('workspace.close')).toHaveLength(1);
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  test('the dialog in the settings says who finds nobody then', async () => {
    serves = true;
    window.location.hash = '#/settings?open=close';
    render(<App />);
    const dialog = await screen.findByRole('alertdialog', { name: /^Close “/ });
    expect(dialog.textContent).toContain('Children and relying parties find nobody');
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
