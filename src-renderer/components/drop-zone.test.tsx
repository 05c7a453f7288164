import { act, cleanup, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useView } from '../app/state.ts';
import { DropGuard, DropZone, useFileTaker } from './drop-zone.tsx';

afterEach(cleanup);
beforeEach(() => useView.setState({ toasts: [] }));

const fallback = vi.fn();
const said = (): string[] => useView.getState().toasts.map(({ text }) => text);

function drag(type: 'dragover' | 'drop', ...names: string[]): void {
  const event = new Event(type, { cancelable: true });
  const files = names.map((name) => new File(['x'], name));
  Object.assign(event, { dataTransfer: { types: ['Files'], files } });
  act(() => void window.dispatchEvent(event));
}

function Taker({ verb, take }: { verb: string; take: (file: File) => void }) {
  useFileTaker(verb, take);
  return null;
}

function zone(children: ReactNode) {
  fallback.mockReset();
  render(<DropZone fallback={{ verb: 'Drop to inspect', take: fallback }}>{children}</DropZone>);
}

test('of several files the first is taken, and it is said that the others are not', () => {
  zone(null);
  drag('drop', 'a.pem', 'b.pem');
  expect(fallback).toHaveBeenCalledTimes(1);
  expect(fallback.mock.calls[0]?.[0]).toMatchObject({ name: 'a.pem' });
  expect(said()).toEqual(['One file at a time: only “a.pem” of 2 was taken.']);
});

test('over a wizard or dialog nothing is opened that nobody in it wants', () => {
  const below = vi.fn();
  zone(
    <>
      <Taker verb="Use it below" take={below} />
      <DropGuard why="Close the dialog first">
        <p>typed</p>
      </DropGuard>
    </>,
  );
  drag('dragover', 'a.pem');
  expect(screen.getByRole('status').textContent).toBe('Close the dialog first');
  drag('drop', 'a.pem');
  expect(fallback).not.toHaveBeenCalled();
  expect(below).not.toHaveBeenCalled();
  expect(said()).toEqual(['“a.pem” was not opened. Close the dialog first.']);
});

test('what stands in it gets the file, also below a dialog that has gone', () => {
  const inside = vi.fn();
  const wizard = (dialog: ReactNode) => (
    <DropZone fallback={{ verb: 'Drop to inspect', take: fallback }}>
      <DropGuard why="Leave the wizard first">
        <Taker verb="Use as the request" take={inside} />
        {dialog}
      </DropGuard>
    </DropZone>
  );
  const view = render(wizard(<DropGuard why="Close the dialog first">x</DropGuard>));
  drag('drop', 'a.csr');
  expect(inside).not.toHaveBeenCalled();
  view.rerender(wizard(null));
  drag('drop', 'a.csr');
  expect(inside).toHaveBeenCalledTimes(1);
});
