import { act, cleanup, render } from '@testing-library/react';
import { useEffect } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DraftOf } from '#shared/contract/drafts.ts';
import type { SignerDraft } from '#shared/contract/ta-setup.ts';
import { installBridge, Refusal } from '../app/fake-bridge.ts';
import { type KeptDraft, useKeptDraft } from './kept-draft.ts';

const draft = { id: 'd-1', kind: 'ta.signer', revision: 1, step: 'proxy' } as DraftOf<'ta.signer'>;
const typed = (text: string) => ({ text }) as unknown as SignerDraft;
let kept: KeptDraft<'ta.signer'>;

function Step({ text, resting = false }: { text: string; resting?: boolean }) {
  const state = useKeptDraft(draft, typed(text), 'proxy', resting);
  useEffect(() => {
    kept = state;
  });
  return null;
}

let stored = 1;
const save = vi.fn(({ revision, data }: { revision: number; data: unknown }) => {
  if (revision !== stored) throw new Refusal({ code: 'CONFLICT', message: 'Changed elsewhere.', ref: 'r' });
  stored += 1;
  return { revision: stored, data };
});
const texts = () => save.mock.calls.map(([{ data }]) => (data as { text: string }).text);
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
  vi.useFakeTimers();
  stored = 1;
  save.mockClear();
  installBridge({ 'drafts.save': save });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('what is typed is stored a moment after the last key, once', async () => {
  const view = render(<Step text="" />);
  view.rerender(<Step text="a" />);
  await wait(300);
  view.rerender(<Step text="ab" />);
  await wait(300);
  expect(texts()).toEqual([]);
  await wait(300);
  expect(texts()).toEqual(['ab']);
  expect(kept.revision).toBe(2);
  view.unmount();
  await wait(0);
  expect(texts()).toEqual(['ab']);
});

test('leaving stores at once; an untouched draft is not stored at all', async () => {
  const view = render(<Step text="" />);
  await wait(2000);
  expect(texts()).toEqual([]);
  view.rerender(<Step text="half typed" />);
  view.unmount();
  await wait(0);
  expect(texts()).toEqual(['half typed']);
});

test('Next while a save is on its way names the revision that comes of it', async () => {
  const view = render(<Step text="" />);
  view.rerender(<Step text="a" />);
  await wait(500);
  view.rerender(<Step text="ab" />);
  await act(async () => {
    await Promise.all([kept.settle('proxy'), kept.save('review')]);
  });
  expect(texts()).toEqual(['a', 'ab', 'ab']);
  expect(kept.revision).toBe(4);
  expect(kept.error).toBeNull();
});

test('a second writer is heard of, and nothing is stored while it is being signed', async () => {
  const view = render(<Step text="" />);
  view.rerender(<Step text="a" resting />);
  await wait(2000);
  expect(texts()).toEqual([]);
  stored = 7;
  view.rerender(<Step text="b" />);
  await wait(600);
  expect(kept.error?.code).toBe('CONFLICT');
});
