/** The kinds of devices that this build can speak with. The application gets them as one thing, so that tests can bring their own. */
import { DeviceError } from './device.ts';
import type { DeviceKinds } from './lifecycle/live-signers.ts';
import type { TokenTools } from './token-tools.ts';

export interface DeviceParts {
  kinds: DeviceKinds;
  tools: TokenTools;
}

const absent = (kind: string): DeviceError =>
  new DeviceError(
    'unsupported',
    'NOT_BUILT',
    `${kind} is not available in this build. Install a build of Baleen that has it.`,
  );

const refuse = (): Promise<never> => Promise.reject(absent('PKCS#11'));

/** A build with none of them: software alone, and each signer says why it cannot be used. */
export const noDevices: DeviceParts = {
  kinds: {
    deviceFor({ kind }) {
      throw absent(kind === 'kmip' ? 'KMIP' : 'PKCS#11');
    },
    explain: () => null,
  },
  tools: {
    discover: () => Promise.resolve({ libraries: [], softhsm: null }),
    slots: refuse,
    changePin: refuse,
    initToken: refuse,
    rehearsalToken: refuse,
  },
};
