import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Stick } from '#shared/contract/ta-stick.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData, takeEvent } from '../../app/query-store.ts';
import { file, offer, SHA, stick } from './fake-sticks.ts';
import { StickCard } from './stick-card.tsx';
import { handedOutMark, roomText, shownName } from './stick-words.ts';

let bridge: FakeBridge;
let answer: { sticks: Stick[]; offers: never[]; waits: string[] };
beforeEach(() => {
  dropWorkspaceData();
  answer = { sticks: [], offers: [], waits: ['The signer waits for request.json of its proxy.'] };
  bridge = installBridge({
    'ta.sticks': () => answer,
    'ta.stickFolder': () => ({ path: '/home/anna/exchange' }),
    'ta.forgetStickFolder': () => ({}),
    'dialogs.folder': () => ({ chosen: { ticket: 'place-1', path: '/home/anna/exchange', exists: true } }),
  });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const shown = async (): Promise<void> => {
  render(<StickCard />);
  await act(async () => undefined);
};
const press = async (name: string | RegExp): Promise<void> => {
  await act(async () => fireEvent.click(screen.getByRole('button', { name })));
};

describe('what is there', () => {
  test('nothing: what the place is for, what is waited for, and the folder that stands in', async () => {
    await shown();
    expect(screen.getByText('Plug in a stick, or choose a folder that stands in for it')).toBeTruthy();
    expect(screen.getByText('The signer waits for request.json of its proxy.')).toBeTruthy();
    await press('Choose a folder…');
    expect(bridge.callsOf('dialogs.folder')).toEqual([{ purpose: 'stick' }]);
    expect(bridge.callsOf('ta.stickFolder')).toEqual([{ folder: 'place-1' }]);
  });

  test('a stick with its room; expected files have one action, unexpected ones are red by word', async () => {
    answer.sticks = [
      stick({
        files: [
          file(),
          file({ name: 'old.json', state: 'stale', says: 'It was answered on 2026-11-20.' }),
          file({
            name: 'cat\u202egpj.exe',
            state: 'unexpected',
            kind: 'unknown',
            opens: null,
            sha256: null,
            says: 'No file of a trust anchor.',
          }),
        ],
        hidden: 3,
        more: 1,
      }),
    ];
    await shown();
    const place = screen.getByRole('region', { name: 'Stick KINGSTON' });
    expect(place.textContent).toContain('15.6 GB free of 15.6 GB');
    const rows = within(place).getAllByRole('listitem');
    expect(rows.map((row) => row.querySelector('.tag')?.textContent)).toEqual([
      'expected',
      'stale',
      'unexpected',
    ]);
    expect(rows.map((row) => row.dataset['red'] ?? '')).toEqual(['', 'true', 'true']);
    expect(within(place).getByRole('button', { name: 'Open request.json' })).toBeTruthy();
    expect(within(place).getByRole('button', { name: 'Look at it old.json' })).toBeTruthy();
    // A name that reads backwards shows that it does.
    expect(place.textContent).toContain('cat[U+202E]gpj.exe');
    expect(place.textContent).toContain('1 file more, not listed; 3 hidden files of systems');
  });

  test('many strangers are one line that opens, below what matters', async () => {
    const strangers = Array.from({ length: 5 }, (_, at) =>
      file({
        name: `picture-${at}.jpg`,
        state: 'unexpected',
        kind: 'unknown',
        opens: null,
        says: 'No file of a trust anchor.',
      }),
    );
    answer.sticks = [stick({ files: [file(), ...strangers] })];
    await shown();
    const list = screen.getByRole('list', { name: 'Files on KINGSTON' });
    expect([...list.children].map((row) => row.textContent.slice(0, 12))).toEqual([
      'request.json',
      '5 unexpected',
    ]);
    expect(within(list).getByText('picture-4.jpg')).toBeTruthy();
  });

  test('a folder says that it stands in, that it is gone, and is forgotten', async () => {
    answer.sticks = [
      stick({
        kind: 'folder',
        label: 'exchange',
        path: '/home/anna/exchange',
        totalBytes: null,
        freeBytes: null,
        problem: 'It is not there any more.',
      }),
    ];
    await shown();
    const place = screen.getByRole('region', { name: 'Folder exchange' });
    expect(place.textContent).toContain('stands in for a stick');
    expect(place.textContent).toContain('It is not there any more.');
    await press('Forget this folder');
    expect(bridge.callsOf('ta.forgetStickFolder')).toEqual([{}]);
    expect(bridge.callsOf('ta.sticks').length).toBeGreaterThan(1);
  });

  test('it is asked every four seconds while the window is seen, and at each event', async () => {
    vi.useFakeTimers();
    await shown();
    expect(bridge.callsOf('ta.sticks')).toHaveLength(1);
    await act(async () => vi.advanceTimersByTimeAsync(8_000));
    expect(bridge.callsOf('ta.sticks')).toHaveLength(3);
    const seen = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    await act(async () => vi.advanceTimersByTimeAsync(60_000));
    expect(bridge.callsOf('ta.sticks')).toHaveLength(3);
    seen.mockRestore();
    await act(async () => document.dispatchEvent(new Event('visibilitychange')));
    await act(async () => takeEvent({ type: 'changed', topic: 'ta', ids: [] }));
    expect(bridge.callsOf('ta.sticks')).toHaveLength(5);
    cleanup();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(bridge.callsOf('ta.sticks')).toHaveLength(5);
  });
});

test('words: room as sticks are sold, names made visible, what the guide waits for', () => {
  expect([0, 999, 1000, 15_610_576_896, 1e15].map(roomText)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.0 kB',
    '15.6 GB',
    '1000 TB',
  ]);
  expect(shownName('a\u2028b\u200bc.json')).toBe('a[U+2028]b[U+200B]c.json');
  expect(handedOutMark(offer())).toBe('response exchange-1');
  expect(handedOutMark(offer({ order: { half: 'proxy', what: 'request', child: null } }))).toBe(
    `request ${SHA}`,
  );
  expect(handedOutMark(offer({ order: { half: 'child', what: 'online', child: 'a' } }))).toBeNull();
});
