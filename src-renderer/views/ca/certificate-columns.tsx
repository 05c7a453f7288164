/** The columns of every list of certificates. */
import type { CertificateRow } from '#shared/contract/ca.ts';
import type { Column } from '../../components/data-table.tsx';
import { Left, Time } from '../../components/time.tsx';
import { StateTag } from './state-tag.tsx';

export type CertificateSort = 'name' | 'issuer' | 'notAfter' | 'key' | 'state' | 'added';

export const CERTIFICATE_COLUMNS: readonly Column<CertificateRow, CertificateSort>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(20rem, 2.2fr)',
    sort: 'name',
    cell: (row) => (
      <>
        <b>{row.name}</b>
        {row.cross ? ' (cross-certificate)' : null}
      </>
    ),
  },
  {
    id: 'issuer',
    title: 'Issuer',
    width: 'minmax(18rem, 2fr)',
    drop: 2,
    sort: 'issuer',
    cell: (row) => row.issuer,
  },
  { id: 'ends', title: 'Ends', width: '11rem', sort: 'notAfter', cell: (row) => <Time at={row.notAfter} /> },
  { id: 'left', title: 'Left', width: '13rem', cell: (row) => <Left to={row.notAfter} /> },
  { id: 'key', title: 'Key', width: '9rem', drop: 1, sort: 'key', cell: (row) => row.key },
  {
    id: 'state',
    title: 'State',
    width: '12rem',
    sort: 'state',
    cell: (row) => <StateTag state={row.state} />,
  },
];
