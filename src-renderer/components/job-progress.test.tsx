import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useView } from '../app/state.ts';
import { ReadingProgress } from './job-progress.tsx';
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
