import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { SignerWarnings } from './signer-warnings.tsx';

afterEach(cleanup);

test('what puts keys at risk is red, what is only unusual is not', () => {
  render(
    <SignerWarnings
      warnings={[
        { id: 's-1', severity: 'bad', text: '“East”: not checked.' },
        { id: 's-1', severity: 'careful', text: '“East”: announces less.' },
      ]}
    />,
  );
  const severity = (text: RegExp) =>
    screen.getByText(text).closest('[data-severity]')?.getAttribute('data-severity');
  expect(severity(/not checked/)).toBe('bad');
  expect(severity(/announces less/)).toBe('careful');
});
