import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Stick, StickFile, StickOffer } from '#shared/contract/ta-stick.ts';
import { type FakeBridge, installBridge, Refusal } from '../../app/fake-bridge.ts';
import { takePending } from '../../app/pending-file.ts';
import { dropWorkspaceData, takeEvent } from '../../app/query-store.ts';
import { StickCard } from './stick-card.tsx';
import { handedOutMark, roomText, shownName } from './stick-words.ts';

const SHA = 'AB'.repeat(32);

const file = (more: Partial<StickFile> = {}): StickFile => ({
  name: 'request.json',
  kind: 'request',
  state: 'expected',
  says: 'The next request of the enrolled proxy.',
  size: 4321,
  modifiedAt: '2026-11-24T12:00:00.000Z',
  sha256: SHA,
  opens: 'review',
  ...more,
});
const stick = (more: Partial<Stick> = {}): Stick => ({
  id: 'stick-1',
  kind: 'volume',
  label: 'KINGSTON',
  path: '/media/anna/KINGSTON',
  totalBytes: 15_610_576_896,
  freeBytes: 15_599_255_552,
  problem: null,
  files: [],
  hidden: 0,
  more: 0,
  ...more,
});
const offer = (more: Partial<StickOffer> = {}): StickOffer => ({
  order: { half: 'signer', what: 'response', id: 'exchange-1' },
  name: 'response.json',
  from: 'Signer',
  to: 'Proxy',
  says: 'Response 2: the proxy reviews and publishes it.',
  sha256: SHA,
  ...more,
});

let bridge: FakeBridge;
let answer: { sticks: Stick[]; offers: StickOffer[]; waits: string[] };
let written: () => unknown;
let opened: (payload: { name: string }) => unknown;
beforeEach(() => {
  dropWorkspaceData();
  location.hash = '';
  answer = { sticks: [], offers: [], waits: ['The signer waits for request.json of its proxy.'] };
  written = () => ({ name: 'response.json', path: '/x', sha256: SHA, fromMedium: true, already: false });
  opened = () => ({ opens: 'review', id: 'review-1', sha256: SHA, says: '', text: null });
  bridge = installBridge({
    'ta.sticks': () => answer,
    'ta.stickWrite': () => written(),
    'ta.stickOpen': (payload: never) => opened(payload),
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
    expect(place.textContent).toContain('cat\ufffdgpj.exe');
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

describe('opening', () => {
  const cases: [StickFile['opens'], string][] = [
    ['review', '#/trust-anchor/review/x-1'],
    ['response', '#/trust-anchor/response/x-1'],
    ['signer-info', '#/trust-anchor/signer-info/x-1'],
    ['child-info', '#/trust-anchor?child=x-1'],
    ['setup', '#/trust-anchor/signer/x-1/proxy'],
    ['local-child', '#/trust-anchor/children/x-1'],
  ];
  test.each(cases)('%s goes to its screen', async (opens, hash) => {
    answer.sticks = [stick({ files: [file({ opens })] })];
    opened = () => ({ opens, id: 'x-1', sha256: SHA, says: '', text: null });
    await shown();
    await press('Open request.json');
    expect(bridge.callsOf('ta.stickOpen')).toEqual([{ stick: 'stick-1', name: 'request.json' }]);
    expect(location.hash).toBe(hash);
  });

  test('both files of the set-up are taken at once; one alone goes to its own step', async () => {
    const [id, repo] = [
      file({ name: 'proxy-id.json', kind: 'proxy-id', opens: 'setup' }),
      file({ name: 'proxy-repo.json', kind: 'proxy-repo', opens: 'setup' }),
    ];
    opened = () => ({ opens: 'setup', id: 'draft-1', sha256: SHA, says: '', text: null });
    answer.sticks = [stick({ files: [id, repo] })];
    await shown();
    await press('Open proxy-repo.json');
    expect(bridge.callsOf('ta.stickOpen').map((one) => (one as { name: string }).name)).toEqual([
      'proxy-repo.json',
      'proxy-id.json',
    ]);
    expect(location.hash).toBe('#/trust-anchor/signer/draft-1/proxy');
    cleanup();
    answer.sticks = [stick({ files: [{ ...id, state: 'done' }, repo] })];
    await shown();
    await press('Open proxy-repo.json');
    expect(location.hash).toBe('#/trust-anchor/signer/draft-1/repository');
  });

  test('the answer of a publication server is shown before it is taken', async () => {
    answer.sticks = [stick({ files: [file({ name: 'repo-res.xml', opens: 'repository' })] })];
    opened = () => ({ opens: 'repository', id: '', sha256: SHA, says: '', text: '<repository_response/>' });
    await shown();
    await press('Open repo-res.xml');
    expect(location.hash).toBe('#/trust-anchor/repository');
    expect(await takePending()?.text()).toBe('<repository_response/>');
  });

  test('a refusal stands at the file, read aloud, with the raw word of the system under Details', async () => {
    answer.sticks = [stick({ files: [file()] })];
    opened = () => {
      throw new Refusal({
        code: 'CONFLICT',
        message: 'request.json changed while it was read.',
        ref: '',
        details: { library: 'EIO' },
      });
    };
    await shown();
    await press('Open request.json');
    expect(screen.getByRole('alert').textContent).toContain('request.json changed while it was read.');
    expect(screen.getByText('EIO')).toBeTruthy();
    expect(location.hash).toBe('');
  });
});

describe('writing', () => {
  beforeEach(() => {
    answer.sticks = [stick()];
    answer.offers = [offer()];
  });

  test('the result says that it was read back, with the hash, and what to do before pulling it out', async () => {
    await shown();
    await press('Write response.json to it');
    expect(bridge.callsOf('ta.stickWrite')).toEqual([
      { stick: 'stick-1', order: { half: 'signer', what: 'response', id: 'exchange-1' }, overwrite: false },
    ]);
    const said = screen.getByRole('status').textContent;
    expect(said).toContain(
      'response.json is on it, read back from it and the same. Eject it before you pull it out.',
    );
    expect(said).toContain('ABAB ABAB');
  });

  test('a file that is on it already is compared again, not called missing', async () => {
    answer.sticks = [stick({ files: [file({ name: 'response.json', state: 'own', opens: null })] })];
    written = () => ({ name: 'response.json', path: '/x', sha256: SHA, fromMedium: false, already: true });
    await shown();
    expect(screen.getByText('on it')).toBeTruthy();
    await press('Compare response.json again');
    expect(screen.getByRole('status').textContent).toContain('was on it already, read back and the same.');
  });

  test('another file of that name is asked about; left, or replaced by consent', async () => {
    let asked = 0;
    written = () => {
      asked += 1;
      if (asked === 2)
        return { name: 'response.json', path: '/x', sha256: SHA, fromMedium: true, already: false };
      throw new Refusal({
        code: 'FILE_EXISTS',
        message: 'There is another response.json on the stick KINGSTON. Response 1 of 2026-11-20.',
        ref: '',
      });
    };
    await shown();
    await press('Write response.json to it');
    expect(screen.getByRole('alert').textContent).toContain('Response 1 of 2026-11-20.');
    await press('Replace response.json');
    expect(bridge.callsOf('ta.stickWrite').map((one) => (one as { overwrite: boolean }).overwrite)).toEqual([
      false,
      true,
    ]);
    expect(screen.queryByRole('alert')).toBeNull();
    asked = 0;
    await press('Write response.json to it');
    await press('Leave it');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(bridge.callsOf('ta.stickWrite')).toHaveLength(3);
  });

  test('a full stick says why it cannot be written to; a failure says what to do', async () => {
    answer.sticks = [stick({ freeBytes: 0 })];
    await shown();
    await press('Write response.json to it');
    expect(bridge.callsOf('ta.stickWrite')).toEqual([]);
    cleanup();
    dropWorkspaceData();
    answer.sticks = [stick()];
    written = () => {
      throw new Refusal({
        code: 'NOT_FOUND',
        message: 'The stick KINGSTON was pulled out or fails.',
        ref: '',
      });
    };
    await shown();
    await press('Write response.json to it');
    expect(screen.getByRole('alert').textContent).toContain('was pulled out or fails');
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
  expect(shownName('a\u2028b\u200bc.json')).toBe('a\ufffdb\ufffdc.json');
  expect(handedOutMark(offer())).toBe('response exchange-1');
  expect(handedOutMark(offer({ order: { half: 'proxy', what: 'request', child: null } }))).toBe(
    `request ${SHA}`,
  );
  expect(handedOutMark(offer({ order: { half: 'child', what: 'online', child: 'a' } }))).toBeNull();
});
