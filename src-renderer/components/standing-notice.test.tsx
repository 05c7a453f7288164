import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { StandingNotice } from './standing-notice.tsx';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const notice = (
  <StandingNotice
    severity="careful"
    text="The recovery key was never checked."
    about="the recovery key"
    link={{ href: '#/x', label: 'Check it now' }}
  />
);

test('what fits on its line has nothing to unfold', () => {
  render(notice);
  expect(screen.queryByRole('button')).toBeNull();
  expect(screen.getByRole('link', { name: 'Check it now' })).toBeTruthy();
});

test('what is longer than its line is shown whole on demand, and folded again', () => {
  vi.spyOn(HTMLElement.prototype, 'scrollWidth', 'get').mockReturnValue(900);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(300);
  render(notice);
  const more = screen.getByRole('button', { name: 'More about the recovery key' });
  const frame = screen.getByText('The recovery key was never checked.').parentElement;
  expect(more.getAttribute('aria-expanded')).toBe('false');
  expect(frame?.dataset['open']).toBeUndefined();
  fireEvent.click(more);
  expect(more.getAttribute('aria-expanded')).toBe('true');
  expect(frame?.dataset['open']).toBe('true');
  // The link stays in reach, folded or not.
  expect(screen.getByRole('link', { name: 'Check it now' })).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Less about the recovery key' }));
  expect(frame?.dataset['open']).toBeUndefined();
});
