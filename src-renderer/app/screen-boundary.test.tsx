import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { installBridge } from './fake-bridge.ts';
import { ScreenBoundary } from './screen-boundary.tsx';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function Broken(): never {
  throw new TypeError('l is not a function');
}

test('a screen that fails says so, and the log of main is told where', () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const bridge = installBridge({ 'app.screenFailed': () => ({}) });
  render(
    <ScreenBoundary screen="ta-network">
      <Broken />
    </ScreenBoundary>,
  );
  expect(screen.getByRole('heading', { name: 'This screen failed' })).toBeTruthy();
  expect(bridge.callsOf('app.screenFailed')).toEqual([
    {
      screen: 'ta-network',
      message: 'TypeError: l is not a function',
      stack: expect.stringContaining('Broken'),
    },
  ]);
});
