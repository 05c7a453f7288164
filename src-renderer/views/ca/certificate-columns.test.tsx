import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { CertificateRow } from '#shared/contract/ca.ts';
import { CERTIFICATE_COLUMNS } from './certificate-columns.tsx';

afterEach(cleanup);

test('a cross-certificate is told from the root of the same name', () => {
  const cell = CERTIFICATE_COLUMNS.find(({ id }) => id === 'name')?.cell;
  const row = (cross: boolean) => ({ name: 'Root', cross }) as CertificateRow;
  render(
    <ul>
      <li>{cell?.(row(false))}</li>
      <li>{cell?.(row(true))}</li>
    </ul>,
  );
  expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    'Root',
    'Root (cross-certificate)',
  ]);
});
