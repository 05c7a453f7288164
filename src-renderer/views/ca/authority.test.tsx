import { cleanup, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { giveSize, show } from '../signers/fake-view.tsx';
import { Authority } from './authority.tsx';

const AT = '2026-11-27T12:00:00.000Z';
const ROW = {
  id: 'crt-1',
  name: 'Vault Root',
  purpose: 'root',
  parent: null,
  certificate: {
    id: 'crt-1',
    name: 'Vault Root',
    subject: 'CN=Vault Root',
    issuer: 'Vault Root',
    issuerId: null,
    serial: '01',
    notBefore: AT,
    notAfter: '2036-11-27T12:00:00.000Z',
    renewAt: '2036-01-27T12:00:00.000Z',
    key: 'P-256',
    isCa: true,
    state: 'good',
    source: 'issued',
    sha256: 'AB'.repeat(32),
  },
  keyId: 'CD'.repeat(20),
  canSign: true,
  pathLength: 1,
  leafLimits: { minSeconds: 3600, defaultSeconds: 86_400, maxSeconds: 864_000 },
  issued: 0,
  leaves: 0,
  attention: 0,
};

function bridge(row: object, key: { signer: string; signerName: string; reachable?: boolean }) {
  return installBridge({
    'ca.authority': () => row,
    'ca.certificate': () => ({ key: 'key-1' }),
    'ca.certificates': () => ({ rows: [], total: 0, cursor: null }),
    'keys.get': ({ id }: { id: string }) => ({ id, ...key }),
  });
}

beforeEach(() => {
  giveSize();
  dropWorkspaceData();
});
afterEach(cleanup);

test('a key on a token is said to be there, with the way to its signer', async () => {
  bridge(ROW, { signer: 'signer-1', signerName: 'Vault', reachable: true });
  await show(Authority, '/authorities/crt-1');
  expect(screen.queryByText(/in this workspace/)).toBeNull();
  expect(screen.getByRole('link', { name: 'Vault' }).getAttribute('href')).toContain('signer-1');
});

test('a key on a device that is not there is said to sign nothing', async () => {
  const key = { signer: 'signer-1', signerName: 'Vault' };
  bridge(ROW, { ...key, reachable: true });
  await show(Authority, '/authorities/crt-1');
  expect(screen.queryByText(/signs nothing/)).toBeNull();
  cleanup();
  dropWorkspaceData();
  bridge(ROW, { ...key, reachable: false });
  await show(Authority, '/authorities/crt-1');
  expect(screen.getByText('cannot be reached: it signs nothing now')).toBeTruthy();
});

test('a key in software is in this workspace, and one that is not here is said so', async () => {
  const { callsOf } = bridge(ROW, { signer: 'software', signerName: 'Software' });
  await show(Authority, '/authorities/crt-1');
  expect(screen.getByText('P-256, in this workspace')).toBeTruthy();
  cleanup();
  dropWorkspaceData();
  expect(callsOf('keys.get')).toEqual([{ id: 'key-1' }]);
  bridge({ ...ROW, canSign: false }, { signer: 'software', signerName: 'Software' });
  await show(Authority, '/authorities/crt-1');
  expect(screen.getByText('P-256, not here')).toBeTruthy();
});
