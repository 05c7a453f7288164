// The countdown after wrong attempts, on both ways in: never without its number, and gone when it is over.
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { installBridge } from '../../app/fake-bridge.ts';
import type { Route } from '../../app/router.ts';
import type { Session } from '../../app/session.ts';
import { Recover } from './recover.tsx';
import { Unlock } from './unlock.tsx';

const START = Date.parse('2026-11-28T07:00:00.000Z');
const session = (retryAt: string | null): Session => ({
  state: 'locked',
  workspace: null,
  retryAt,
  notices: [],
});
const route = { name: 'recover', params: {}, query: {} } as unknown as Route;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  installBridge({ 'workspace.strength': () => ({ score: 4, crackTime: 'centuries', advice: [] }) });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test.each([
  ['recover', Recover],
  ['unlock', Unlock],
])('%s: the time stands in the sentence until it is over, then neither is there', async (_name, View) => {
  render(<View route={route} session={session(new Date(START + 3_200).toISOString())} />);
  const seen: string[] = [];
  for (let step = 0; step < 50; step += 1) {
    const said = screen.queryByText(/is looked at in/)?.textContent ?? 'gone';
    if (seen.at(-1) !== said) seen.push(said);
    await act(() => vi.advanceTimersByTimeAsync(100));
  }
  expect(seen.map((said) => /looked at in (0:0[0-9])\./.exec(said)?.[1] ?? said)).toEqual([
    '0:04',
    '0:03',
    '0:02',
    '0:01',
    'gone',
  ]);
});

test('an instant that has passed already is not said', () => {
  render(<Recover route={route} session={session(new Date(START - 1).toISOString())} />);
  expect(screen.queryByText(/is looked at in/)).toBeNull();
});
