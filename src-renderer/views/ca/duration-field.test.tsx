import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { DurationField } from './duration-field.tsx';

afterEach(cleanup);

const unitButton = (label: string) => screen.getByRole('button', { name: new RegExp(`Unit of ${label}`) });

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

test.each([
  ['1.5', 'years', 47_304_000],
  ['1.3', 'years', 40_996_800],
  ['36', 'hours', 129_600],
  ['365', 'days', 31_536_000],
])('%s %s comes back as it was typed', (number, unit, seconds) => {
  let now = 86_400;
  const field = () => <DurationField label="Lifetime" seconds={now} onChange={(typed) => (now = typed)} />;
  render(field());
  fireEvent.click(unitButton('lifetime'));
  fireEvent.click(screen.getByRole('option', { name: new RegExp(`^${unit}`) }));
  fireEvent.change(screen.getByLabelText('Lifetime'), { target: { value: number } });
  expect(now).toBe(seconds);
  // To the next step and back.
  cleanup();
  render(field());
  expect(screen.getByLabelText('Lifetime')).toHaveProperty('value', number);
  expect(unitButton('lifetime').textContent).toMatch(new RegExp(`^${unit}`));
});

test('a length that nobody typed is said in the largest unit that says it whole', () => {
  render(<DurationField label="At most" seconds={31_536_000} onChange={() => undefined} />);
  expect(unitButton('at most').textContent).toMatch(/^years/);
});
