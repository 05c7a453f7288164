import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { fakeKmip } from '../testing/fake-kmip.ts';
import { killedAfter } from '../testing/killed-writer.ts';
import { missingPeers } from '../testing/peers.ts';
import type { KillOrder } from '../testing/key-writer.ts';
import { PIN, softhsm } from '../testing/softhsm.ts';
import { testApp } from '../testing/test-app.ts';
import { endServers } from '../testing/test-net.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';

const WRITER = new URL('../testing/key-writer.ts', import.meta.url);
const missing = missingPeers('softhsm2-util');
const ends: (() => unknown)[] = [endServers];
afterEach(async () => {
  for (const end of ends.splice(1)) await end();
  await endServers();
});

/** A device that outlives the program, and how many private keys lie on it. */
interface Lasting {
  settings: SignerSettings;
  secret: string | null;
  privateKeys(): Promise<number>;
}

async function onKmip(): Promise<Lasting> {
  let pairs = 0;
  // Identity key, the one that is kept, and the one in whose making it is killed: its answer comes too late.
  const server = await fakeKmip({
    delayMs: (operation) => (operation === 'createKeyPair' && (pairs += 1) === 3 ? late : 0),
  });
  return {
    settings: server.settings(),
    secret: null,
    privateKeys: () => Promise.resolve(server.objects.size / 2),
  };
}
let late = 0;

async function onToken(): Promise<Lasting> {
  const hsm = softhsm();
  ends.push(() => hsm.remove());
  hsm.addToken('One');
  return {
    settings: hsm.settings('One'),
    secret: PIN,
    async privateKeys() {
      const device = hsm.device('One');
      await device.open(new AbortController().signal);
      const keys = await device.list();
      await device.close();
      return keys.length;
    },
  };
}

test.skipIf(missing.length > 0).each<[string, KillOrder['at'], () => Promise<Lasting>]>([
  ['KMIP, before the server said its name', 'begun', onKmip],
  ['KMIP, before it got its last name', 'named', onKmip],
  ['KMIP', 'made', onKmip],
  ['SoftHSM', 'made', onToken],
])(
  'kill -9 between a key and the store, %s (%s): it is shown, and the next contact destroys it and no other',
  { timeout: 300_000 },
  async (_name, at, make) => {
    late = at === 'begun' ? 60_000 : 0;
    const { settings, secret, privateKeys } = await make();
    const folder = mkdtempSync(join(tmpdir(), 'baleen-killed-key-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'kill.json'), JSON.stringify({ settings, secret, at } satisfies KillOrder));
    const said = await killedAfter(WRITER, folder, 0, 'stands');
    expect(said).toEqual(['stands']);
    expect(await privateKeys()).toBe(3);

    const [name = ''] = readdirSync(join(folder, 'workspaces'));
    const app = await testApp({ folder, workspace: join(folder, 'workspaces', name), live: true });
    ends.push(() => app.remove());
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    const row = async () =>
      (await app.call('signers.list', {})).rows.find(({ name: one }) => one === 'Device');
    const id = (await row())?.id ?? '';
    expect((await row())?.unfinished).toHaveLength(1);
    expect((await app.call('keys.list', {})).rows.map(({ label }) => label)).toEqual(['kept']);
    expect((await app.ended((await app.call('signers.probe', { id })).job)).error).toBeNull();
    expect(await privateKeys()).toBe(2);
    expect((await row())?.unfinished).toEqual([]);
    const { keys } = await app.deviceKeys(id);
    expect(
      keys.map(({ identity, key }) => (identity ? 'identity' : (key?.label ?? 'nobody'))).toSorted(),
    ).toEqual(['identity', 'kept']);
    const { rows } = await app.call('audit.list', { action: 'signers.keySwept', limit: 10 });
    expect(rows).toHaveLength(1);
  },
);
