import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { CertificateRow } from '#shared/contract/ca.ts';
import { fittingColumns } from '../../components/fitting-columns.ts';
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

test.each([
  [78, ['name', 'issuer', 'ends', 'left', 'serial', 'state']],
  [65.6, ['name', 'issuer', 'ends', 'serial', 'state']],
  [55, ['name', 'issuer', 'ends', 'state']],
])('in %i rem what tells certificates of one name apart leaves last', (room, left) => {
  expect(fittingColumns(CERTIFICATE_COLUMNS, room).map(({ id }) => id)).toEqual(left);
});
