import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Pykmip, startPykmip } from '../../testing/pykmip.ts';
import { kmipDevice } from '../../testing/kmip-device.ts';
import { missingPeers } from '../../testing/peers.ts';
import { endServers } from '../../testing/test-net.ts';
import { deviceContract } from '../device-contract.ts';

const missing = missingPeers('pykmip-server');
const folder = mkdtempSync(join(tmpdir(), 'baleen-pykmip-'));
let pykmip: Pykmip;
const signal = new AbortController().signal;

describe.skipIf(missing.length > 0)(`PyKMIP${missing.length > 0 ? ': MISSING, type npm run peers' : ''}`, () => {
  beforeAll(async () => {
    pykmip = await startPykmip(folder);
  });
  afterEach(endServers);
  afterAll(async () => {
    await pykmip?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  deviceContract('PyKMIP', async () => kmipDevice(pykmip.settings()), ['rsa-2048', 'rsa-3072'], {
    label: /^krill-private-key-[0-9a-f]{40}$/,
    unannounced: ['Modify Attribute'],
  });

  test('probe', async () => {
    const device = kmipDevice(pykmip.settings());
    console.log(await device.open(signal));
    const t = performance.now();
    const key = await device.create({ algorithm: 'rsa-2048', label: '' });
    console.log('create', performance.now() - t, Buffer.from(key.handle).toString());
    const t2 = performance.now();
    for (let i = 0; i < 20; i++) await device.sign(key.handle, 'rsa-2048', Buffer.from('x'));
    console.log('sign', (performance.now() - t2) / 20);
    await device.destroy(key.handle);
    expect(true).toBe(true);
  });
});
