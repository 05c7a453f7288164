import { afterAll, beforeAll } from 'vitest';
import { describeSoftHsm, hasSoftHsm, softhsm, type SoftHsm } from '../../testing/softhsm.ts';
import { deviceContract } from '../device-contract.ts';

let hsm: SoftHsm;
beforeAll(() => {
  if (!hasSoftHsm) return;
  hsm = softhsm();
  hsm.addToken('contract');
});
afterAll(() => hsm?.remove());

describeSoftHsm('SoftHSM', () => {
  deviceContract('PKCS#11 (SoftHSM)', async () => hsm.device('contract'), [
    'p-256',
    'p-384',
    'rsa-2048',
    'rsa-3072',
    'rsa-4096',
  ]);
});
