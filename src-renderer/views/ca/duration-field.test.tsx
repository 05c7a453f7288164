import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { DurationField } from './duration-field.tsx';

afterEach(cleanup);

test('what is wrong is said once, below number and unit, and the number names it', () => {
  render(
    <DurationField
      label="Lifetime"
      seconds={86_400}
      onChange={() => undefined}
      error="36500 days is longer than this authority allows (24 hours)."
      errorFoot={<a href="#/x">Change its limits</a>}
    />,
  );
  const number = screen.getByLabelText('Lifetime');
  const said = screen.getByRole('alert');
  expect(number.getAttribute('aria-invalid')).toBe('true');
  expect(number.getAttribute('aria-describedby')).toContain(said.id);
  expect(said.closest('.duration')).toBeNull();
  expect(said.querySelector('a')?.textContent).toBe('Change its limits');
  expect(screen.getAllByText(/is longer than/)).toHaveLength(1);
});

test('what is no number is said at once', () => {
  render(<DurationField label="Lifetime" seconds={86_400} onChange={() => undefined} />);
  expect(screen.queryByRole('alert')).toBeNull();
  fireEvent.change(screen.getByLabelText('Lifetime'), { target: { value: 'abc' } });
  expect(screen.getByRole('alert').textContent).toBe('Type a number.');
});
