/** KMIP devices over the real network port, closed with the test file's `endServers`. Not shipped. */
import type { KmipSettings } from '#shared/contract/signer-settings.ts';
import type { Clock, Net } from '../ports.ts';
import { realClock } from '../shell/node/real-time.ts';
import { type Device, DeviceError, type Person } from '../signers/device.ts';
import { createKmipDevice } from '../signers/kmip/kmip-device.ts';
import { endLater, nodeNet } from './test-net.ts';
import { testRandom } from './test-ports.ts';

/** Somebody who types this; null: nobody is there. */
export function typing(password: string | null): Person & { asked: number } {
  const person = {
    asked: 0,
    async pin() {
      person.asked += 1;
      if (password === null) throw new DeviceError('pin-needed', 'NOBODY', 'Type the password.');
      return new Uint8Array(Buffer.from(password));
    },
    waits: () => () => undefined,
  };
  return person;
}

export function kmipDevice(
  settings: KmipSettings,
  more: { person?: Person; net?: Net; clock?: Clock } = {},
): Device {
  const device = createKmipDevice({
    settings,
    net: nodeNet,
    clock: realClock,
    random: testRandom,
    person: typing(null),
    ...more,
  });
  endLater(() => device.close());
  return device;
}
