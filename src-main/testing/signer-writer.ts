/**
 * Adds signers in the given folder, applies them and has each refuse a PIN, as fast as it can, and says what was acknowledged,
 * until it is killed. A program of its own, because a thread cannot be killed with -9. Not shipped.
 */
import { writeSync } from 'node:fs';
import { fakeDevices, fakeToken } from './fake-device.ts';
import { testApp } from './test-app.ts';
import { pkcs11Settings } from '#shared/contract/signer-settings.ts';

const tokens = new Map<string, ReturnType<typeof fakeToken>>();
const app = await testApp({ folder: process.argv[2] ?? '', devices: fakeDevices(tokens) });
const say = (line: string): void => void writeSync(1, `${line}\n`);
const revision = async (): Promise<number> => (await app.call('signers.list', {})).pending.revision;
await app.create();
say('open');
for (let count = 1; ; count += 1) {
  const libPath = `/token-${count}.so`;
  tokens.set(libPath, fakeToken(`S${count}`));
  const { id } = await app.call('signers.save', {
    revision: await revision(),
    id: null,
    name: `Token ${count}`,
    settings: pkcs11Settings.parse({ kind: 'pkcs11', libPath, slot: { by: 'id', id: 0 } }),
    secret: { do: 'store', secret: '0000' },
  });
  const roles = { defaultSigner: 'software', oneOffSigner: null };
  await app.call('signers.setRoles', { revision: await revision(), ...roles });
  await app.call('signers.apply', { revision: await revision() });
  say(`applied ${id}`);
  const { job } = await app.call('signers.login', { id });
  await app.ended(job);
  say(`refused ${id}`);
}
