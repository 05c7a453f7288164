/** The columns of every list of certificates. */
import type { CertificateRow } from '#shared/contract/ca.ts';
import type { Column } from '../../components/data-table.tsx';
import { hexGroups } from '../../components/hex-value.tsx';
import { Left, Time } from '../../components/time.tsx';
import { StateTag } from './state-tag.tsx';

export type CertificateSort = 'name' | 'issuer' | 'notAfter' | 'key' | 'state' | 'added';

export const CERTIFICATE_COLUMNS: readonly Column<CertificateRow, CertificateSort>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(18rem, 2.2fr)',
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
    width: 'minmax(14rem, 2fr)',
    sort: 'issuer',
    cell: (row) => row.issuer,
  },
  { id: 'ends', title: 'Ends', width: '11rem', sort: 'notAfter', cell: (row) => <Time at={row.notAfter} /> },
  { id: 'left', title: 'Left', width: '13rem', drop: 2, cell: (row) => <Left to={row.notAfter} /> },
  { id: 'key', title: 'Key', width: '9rem', drop: 1, sort: 'key', cell: (row) => row.key },
  {
    // Of several certificates of one name it tells which.
    id: 'serial',
    title: 'Serial',
    width: '10.5rem',
    drop: 3,
    cell: (row) => <span className="mono quiet">{hexGroups(row.serial).slice(0, 2).join(' ')}…</span>,
  },
  {
    id: 'state',
    title: 'State',
    width: '11rem',
    sort: 'state',
    cell: (row) => <StateTag state={row.state} />,
  },
];
