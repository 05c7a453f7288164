import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, test } from 'vitest';
import { Dialog } from './dialog.tsx';

afterEach(cleanup);

function TwoDialogs() {
  const [open, setOpen] = useState({ lower: true, upper: true });
  return (
    <>
      <Dialog open={open.lower} onClose={() => setOpen((old) => ({ ...old, lower: false }))} title="Lower">
        <p>Below</p>
      </Dialog>
      <Dialog open={open.upper} onClose={() => setOpen((old) => ({ ...old, upper: false }))} title="Upper">
        <p>Above</p>
      </Dialog>
    </>
  );
}

const titles = (): (string | null)[] =>
  screen.queryAllByRole('heading', { hidden: true }).map((heading) => heading.textContent);

test('Escape while nobody has the focus closes the uppermost dialog, one at a time', () => {
  render(<TwoDialogs />);
  expect(titles()).toEqual(['Lower', 'Upper']);
  const escape = (): void =>
    act(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      fireEvent.keyDown(document.body, { key: 'Escape' });
    });
  escape();
  expect(titles()).toEqual(['Lower']);
  escape();
  expect(titles()).toEqual([]);
});
