/** A library with its slots, and main as the form of a signer asks it. Test files only. */
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { fakeList, SERVER, SOFTWARE, TOKEN } from './fake-signers.ts';
import { endedJob } from './fake-view.tsx';

export const LIBRARY = '/usr/lib/softhsm/libsofthsm2.so';
export const token = (label: string, serial: string): NonNullable<DeviceTable['slots'][number]['token']> => ({
  label,
  serial,
  manufacturer: 'SoftHSM project',
  model: 'SoftHSM v2',
  firmware: '2.6',
  initialized: true,
  loginRequired: true,
  pinPad: false,
  tries: null,
});
export const SLOTS: DeviceTable = {
  library: { manufacturer: 'SoftHSM', description: 'PKCS11', version: '2.6' },
  slots: [
    { id: 1, description: 'empty reader', token: null },
    { id: 313_129_207, description: '', token: token('My token 1', 'aa11') },
    { id: 5, description: '', token: token('My token 1', 'bb22') },
  ],
};

export function bridge(answers: Parameters<typeof installBridge>[0] = {}): FakeBridge {
  return installBridge({
    'signers.list': () => fakeList([SOFTWARE, TOKEN, SERVER]),
    'signers.discover': () => ({ libraries: [{ device: 'SoftHSM', path: LIBRARY }], softhsm: null }),
    'signers.save': () => ({ id: 'signer-9' }),
    'signers.findSlots': () => ({ job: 'j-1' }),
    'signers.slotsFound': () => SLOTS,
    'jobs.get': () => endedJob('j-1'),
    ...answers,
  });
}
