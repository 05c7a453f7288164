import { cleanup, fireEvent, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Dialog } from '../components/dialog.tsx';
import { useKeyboardMap } from './keyboard-map.ts';
import { useView } from './state.ts';

afterEach(cleanup);

function Window({ asks }: { asks: boolean }) {
  useKeyboardMap(true);
  return (
    <Dialog open={asks} onClose={() => undefined} title="Rename the signer">
      <input aria-label="Name" />
    </Dialog>
  );
}

const isOpen = (): boolean => useView.getState().paletteOpen;
const press = (): unknown => fireEvent.keyDown(window, { key: 'k', ctrlKey: true });

test('Ctrl K opens the palette and closes it, and does nothing while a dialog asks something', () => {
  useView.setState({ paletteOpen: false });
  const { rerender } = render(<Window asks={false} />);
  press();
  expect(isOpen()).toBe(true);
  press();
  expect(isOpen()).toBe(false);
  rerender(<Window asks />);
  press();
  expect(isOpen()).toBe(false);
  rerender(<Window asks={false} />);
  press();
  expect(isOpen()).toBe(true);
});
