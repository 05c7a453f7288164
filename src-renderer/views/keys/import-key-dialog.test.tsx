import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { installBridge } from '../../app/fake-bridge.ts';
import { ImportKeyDialog } from './import-key-dialog.tsx';

afterEach(cleanup);

test('a label that cannot be used says why at its field', () => {
  installBridge({});
  const from = { name: 'k.pem', inspection: 'i-1', item: 0, encrypted: false };
  render(<ImportKeyDialog open onClose={() => undefined} from={from} />);
  const label = screen.getByLabelText('Label');
  expect(label.getAttribute('aria-invalid')).not.toBe('true');
  fireEvent.change(label, { target: { value: 'a\u0007b' } });
  expect(label.getAttribute('aria-invalid')).toBe('true');
  expect(document.querySelector('.field-error')?.textContent).not.toBe('');
  fireEvent.change(label, { target: { value: '' } });
  expect(document.querySelector('.field-error')?.textContent).toBe('Give it a label');
});
