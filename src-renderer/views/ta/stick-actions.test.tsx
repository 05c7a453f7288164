import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Stick, StickFile, StickOffer } from '#shared/contract/ta-stick.ts';
import { type FakeBridge, installBridge, Refusal } from '../../app/fake-bridge.ts';
import { takePending } from '../../app/pending-file.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { file, offer, SHA, stick } from './fake-sticks.ts';
import { StickCard } from './stick-card.tsx';

let bridge: FakeBridge;
let answer: { sticks: Stick[]; offers: StickOffer[]; waits: string[] };
let written: () => unknown;
let opened: (payload: { name: string }) => unknown;
beforeEach(() => {
  dropWorkspaceData();
  location.hash = '';
  answer = { sticks: [], offers: [], waits: [] };
  written = () => ({ name: 'response.json', path: '/x', sha256: SHA, fromMedium: true, already: false });
  opened = () => ({ opens: 'review', id: 'review-1', sha256: SHA, says: '', text: null });
  bridge = installBridge({
    'ta.sticks': () => answer,
    'ta.stickWrite': () => written(),
    'ta.stickOpen': (payload: never) => opened(payload),
  });
});
afterEach(cleanup);

const shown = async (): Promise<void> => {
  render(<StickCard />);
  await act(async () => undefined);
};
const press = async (name: string | RegExp): Promise<void> => {
  await act(async () => fireEvent.click(screen.getByRole('button', { name })));
};

describe('opening', () => {
  const cases: [StickFile['opens'], string][] = [
    ['review', '#/trust-anchor/review/x-1'],
    ['response', '#/trust-anchor/response/x-1'],
    ['take-back', '#/trust-anchor?back=x-1'],
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

  test('what was just written stands there once, with its whole digest said the same way', async () => {
    const own = file({ name: 'response.json', kind: 'response', state: 'own', opens: null });
    answer = { sticks: [stick({ files: [own] })], offers: [offer()], waits: [] };
    await shown();
    expect(screen.getAllByText('response.json')).toHaveLength(1);
    expect(screen.queryByText('No file lies on it.')).toBeNull();
    // Where both halves are here it is opened as well.
    answer.sticks = [stick({ files: [{ ...own, state: 'expected', opens: 'response' }] })];
    cleanup();
    dropWorkspaceData();
    await shown();
    expect(screen.getByRole('button', { name: 'Open response.json' })).toBeTruthy();
  });

  test.each([
    ['own', 'plain'],
    ['done', 'plain'],
    ['unexpected', 'danger'],
    ['expected', 'danger'],
  ] as const)('to replace one that is %s is %s', async (state, kind) => {
    const there = file({
      name: 'response.json',
      kind: 'response',
      state,
      opens: null,
      sha256: 'CD'.repeat(32),
    });
    answer = { sticks: [stick({ files: [there] })], offers: [offer()], waits: [] };
    written = () => {
      throw new Refusal({ code: 'FILE_EXISTS', message: 'There is another one.', ref: 'r' });
    };
    await shown();
    await press('Write response.json to it');
    expect(screen.getByRole('button', { name: 'Replace response.json' }).dataset['kind']).toBe(kind);
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
    // Its two buttons are the next by keyboard.
    expect(document.activeElement).toBe(screen.getByRole('alert'));
    await press('Replace response.json');
    expect(bridge.callsOf('ta.stickWrite').map((one) => (one as { overwrite: boolean }).overwrite)).toEqual([
      false,
      true,
    ]);
    expect(screen.queryByRole('alert')).toBeNull();
    expect(document.activeElement?.textContent).toContain('Write response.json to it');
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
