import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { CallError } from '../app/call.ts';
import { ErrorState } from './state-box.tsx';

afterEach(cleanup);

test('a refusal is sentences, each once; names of fields are in the details only', () => {
  const message = 'There is a handle of that name already.';
  const fields = [
    { path: 'handle', message },
    { path: 'groups.6', message: 'Read group 6 again' },
    { path: 'groups.7', message: 'Read group 6 again' },
  ];
  render(
    <ErrorState
      error={new CallError('ta.approve', { code: 'INVALID_INPUT', message, ref: '', details: { fields } })}
    />,
  );
  expect(screen.getAllByText(message)).toHaveLength(1);
  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual(['Read group 6 again']);
  expect(screen.getByText(/fields: handle, groups.6/).tagName).toBe('PRE');
});

test('what was not changed is said once', () => {
  const message = 'x.json is damaged. Nothing was changed.';
  render(<ErrorState error={new CallError('ta.openRequest', { code: 'INVALID_INPUT', message, ref: '' })} />);
  expect(screen.getByRole('alert').textContent.match(/Nothing was changed/g)).toHaveLength(1);
  expect(screen.getByText('Put right what is named here, then try again.')).toBeTruthy();
});
