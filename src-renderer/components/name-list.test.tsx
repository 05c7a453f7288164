import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { NameList } from './name-list.tsx';

afterEach(cleanup);
const names = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ type: 'dns' as const, value: `host-${at}.example` }));

test('a long list is folded with its count, and opens whole', () => {
  render(<NameList names={names(100)} />);
  expect(screen.getAllByRole('listitem')).toHaveLength(12);
  expect(screen.getByRole('status').textContent).toBe('12 of 100 shown');
  fireEvent.click(screen.getByRole('button', { name: 'Show all 100 names' }));
  expect(screen.getAllByRole('listitem')).toHaveLength(100);
  fireEvent.click(screen.getByRole('button', { name: 'Show the first 12' }));
  expect(screen.getAllByRole('listitem')).toHaveLength(12);
});

test('a short one is whole', () => {
  render(<NameList names={names(12)} />);
  expect(screen.getAllByRole('listitem')).toHaveLength(12);
  expect(screen.queryByRole('button')).toBeNull();
});
