/**
 * Makes keys on a real device, keeps one, and stands still in the middle of the next one until it is killed: a program of its own,
 * because a thread cannot be killed with -9. `kill.json` in its folder says which device, and where it stands still. Not shipped.
 */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { signerSettings } from '#shared/contract/signer-settings.ts';
import { nodeSignerHosts } from '../shell/node/signer-hosts.ts';
import { realClock } from '../shell/node/real-time.ts';
import type { Device } from '../signers/device.ts';
import { deviceParts } from '../signers/device-parts.ts';
import { addSigner } from './real-signers.ts';
import { testApp } from './test-app.ts';
import { nodeNet } from './test-net.ts';
import { testRandom } from './test-ports.ts';

/** `begun`: the device was asked, and nothing came back; `named`: it has an identifier; `made`: nothing is missing but the store. */
export interface KillOrder {
  settings: unknown;
  secret: string | null;
  at: 'begun' | 'named' | 'made';
}

const folder = process.argv[2] ?? '';
const order = JSON.parse(readFileSync(join(folder, 'kill.json'), 'utf8')) as KillOrder;
const say = (line: string): void => void writeSync(1, `${line}\n`);
const still = (): Promise<never> => new Promise(() => undefined);
const LONG_ENOUGH_MS = 500;
let armed = false;

function stopping(device: Device): Device {
  return {
    ...device,
    async create(request, signal) {
      let called = 0;
      const made = await device.create(
        {
          ...request,
          async begun(handle, spkiDer) {
            await request.begun?.(handle, spkiDer);
            called += 1;
            // What it does next is done without an answer.
            if (armed && order.at === 'begun' && called === 1)
              setTimeout(() => say('stands'), LONG_ENOUGH_MS);
            if (!armed || order.at !== 'named' || called !== 2) return;
            say('stands');
            await still();
          },
        },
        signal,
      );
      if (!armed || order.at !== 'made') return made;
      say('stands');
      return still();
    },
  };
}

const parts = deviceParts({
  ...{ clock: realClock, random: testRandom, net: nodeNet },
  hosts: nodeSignerHosts(new URL('../signers/pkcs11/host.ts', import.meta.url)),
});
const app = await testApp({
  folder,
  live: true,
  devices: {
    ...parts,
    kinds: { ...parts.kinds, deviceFor: (...given) => stopping(parts.kinds.deviceFor(...given)) },
  },
});
await app.create();
const id = await addSigner(app, 'Device', signerSettings.parse(order.settings), order.secret);
const newKey = (label: string) => app.call('keys.create', { algorithm: 'rsa-2048', label, signer: id });
const kept = await app.ended((await newKey('kept')).job);
say(kept.error === null ? 'kept' : `failed ${kept.error.message}`);
armed = true;
await app.ended((await newKey('never kept')).job);
say('nobody killed it');
