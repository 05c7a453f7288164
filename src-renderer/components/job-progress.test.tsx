import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useView } from '../app/state.ts';
import { installBridge } from '../app/fake-bridge.ts';
import { dropWorkspaceData } from '../app/query-store.ts';
import { fakeList, SERVER, SOFTWARE, TOKEN } from '../views/signers/fake-signers.ts';
import { JobProgress, ReadingProgress } from './job-progress.tsx';
import { Toasts } from './toasts.tsx';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  useView.setState({ reading: null });
  vi.useRealTimers();
});

const bar = () => screen.queryByRole('progressbar');
const pass = (ms: number): void => act(() => void vi.advanceTimersByTime(ms));

test('a file is shown on its way once that takes longer than a moment, and main at work on it then', () => {
  const { rerender } = render(<ReadingProgress name="request.json" share={0.1} />);
  pass(299);
  expect(bar()).toBeNull();
  pass(1);
  expect(bar()?.getAttribute('aria-label')).toBe('Reading request.json');
  expect(bar()?.getAttribute('aria-valuenow')).toBe('10');
  rerender(<ReadingProgress name="request.json" share={1} />);
  expect(bar()?.getAttribute('aria-label')).toBe('Looking at what request.json says');
  expect(bar()?.hasAttribute('aria-valuenow')).toBe(false);
});

test('a file that was dropped on the window is shown on every screen until it was read', () => {
  render(<Toasts />);
  act(() => useView.setState({ reading: { name: 'huge.json', share: 0.5 } }));
  pass(300);
  expect(bar()?.getAttribute('aria-valuenow')).toBe('50');
  act(() => useView.setState({ reading: null }));
  expect(bar()).toBeNull();
});

test('a file that takes long to look at can be cancelled on every screen', async () => {
  vi.useRealTimers();
  dropWorkspaceData();
  const job = {
    ...{
      id: 'j-7',
      kind: 'inspect.keep',
      title: 'Keeping what is in a.pem',
      state: 'running',
      progress: 0.25,
    },
    ...{ step: 'Placing 3 of 12', cancellable: true, startedAt: '2026-11-27T12:00:00.000Z', endedAt: null },
    ...{ resultIds: [], error: null },
  };
  const bridge = installBridge({
    'jobs.list': () => ({ jobs: [{ ...job, id: 'j-8', kind: 'ca.sign' }, job] }),
    'jobs.get': () => job,
    'jobs.cancel': () => ({}),
  });
  render(<Toasts />);
  const cancel = await screen.findByRole('button', { name: 'Cancel' });
  expect(screen.getAllByRole('progressbar')).toHaveLength(1);
  expect(bar()?.getAttribute('aria-label')).toBe('Keeping what is in a.pem');
  act(() => cancel.click());
  await vi.waitFor(() => expect(bridge.callsOf('jobs.cancel')).toEqual([{ id: 'j-7' }]));
});

test('work that waits for a device says which one does not answer and when it is tried again', async () => {
  vi.setSystemTime('2026-11-27T12:00:26.000Z');
  dropWorkspaceData();
  const running = {
    id: 'j-1',
    kind: 'ca.sign',
    title: 'Root',
    state: 'running',
    progress: null,
    step: 'Signing',
    cancellable: false,
    startedAt: '2026-11-27T12:00:00.000Z',
    endedAt: null,
    resultIds: [],
    error: null,
  };
  const bridge = installBridge({
    'jobs.get': ({ id }: { id: string }) => ({
      ...running,
      id,
      kind: id === 'j-2' ? 'workspace.restore' : 'ca.sign',
    }),
    'signers.list': () => fakeList([SOFTWARE, TOKEN, SERVER]),
  });
  const { rerender } = render(<JobProgress id="j-1" />);
  await act(async () => void (await vi.advanceTimersByTimeAsync(50)));
  expect(screen.getByText(/“KMIP east” does not answer/).textContent).toMatch(
    /tried again in 0:04\. Work with a key/,
  );
  expect(screen.queryByText(/“SoftHSM token” does not/)).toBeNull();
  // A workspace that is not open has no signers to ask for.
  rerender(<p />);
  dropWorkspaceData();
  bridge.calls.length = 0;
  rerender(<JobProgress id="j-2" />);
  await act(async () => void (await vi.advanceTimersByTimeAsync(50)));
  expect(screen.getByText('Signing')).toBeTruthy();
  expect(bridge.callsOf('signers.list')).toEqual([]);
});
