import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Pykmip, startPykmip } from '../../testing/pykmip.ts';
import { kmipDevice } from '../../testing/kmip-device.ts';
import { missingPeers } from '../../testing/peers.ts';
import { endServers } from '../../testing/test-net.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { testAuthority } from '../../testing/issued-tls.ts';
import { keyId } from '../../x509/public-key.ts';
import { deviceContract } from '../device-contract.ts';
import { DeviceError } from '../device.ts';
import { signatureHolds } from '../signature-scheme.ts';

const missing = missingPeers('pykmip-server');
const folder = mkdtempSync(join(tmpdir(), 'baleen-pykmip-'));
let pykmip: Pykmip;
const DATA = Buffer.from('what is to be signed');
const signal = new AbortController().signal;

describe.skipIf(missing.length > 0)(
  `PyKMIP${missing.length > 0 ? ': MISSING, type npm run peers' : ''}`,
  () => {
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

    const open = async (more: Parameters<Pykmip['settings']>[0] = {}) => {
      const device = kmipDevice(pykmip.settings(more));
      return { device, facts: await device.open(signal) };
    };

    test('says what it is', async () => {
      const { facts } = await open();
      expect(facts).toMatchObject({
        manufacturer: 'PyKMIP 0.10.0 Software Server',
        model: 'KMIP 1.4',
        serial: sha256Hex(new X509Certificate(pykmip.server.certPem).raw),
        algorithms: ['rsa-2048', 'rsa-3072', 'rsa-4096'],
      });
    });

    test('it does not announce Modify Attribute, so it is used by force alone', async () => {
      await expect(open({ force: false })).rejects.toMatchObject({
        trouble: 'unsupported',
        message: expect.stringMatching(/Modify Attribute/),
      });
    });

    test('keys lie there as Krill’s do', async () => {
      const { device } = await open();
      const { handle, spkiDer, mayLeave } = await device.create({ algorithm: 'rsa-2048', label: '' });
      expect(mayLeave).toBe(false);
      expect(Buffer.from(handle).toString()).toMatch(/^\d+:\d+$/);
      const listed = (await device.list()).find((key) => Buffer.from(key.handle).equals(handle));
      expect(listed).toMatchObject({
        label: `krill-private-key-${keyId(spkiDer).toLowerCase()}`,
        uses: ['sign'],
        sensitive: true,
      });
      // Krill keeps its identity key by the private half alone.
      const half = Buffer.from(Buffer.from(handle).toString().split(':')[1] ?? '');
      expect(await device.publicKey(half)).toEqual(spkiDer);
      expect(signatureHolds('rsa-2048', spkiDer, DATA, await device.sign(half, 'rsa-2048', DATA))).toBe(true);
    });

    test('a kind that it cannot make leaves nothing behind', async () => {
      const { device } = await open();
      const before = (await device.list()).length;
      await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toBeInstanceOf(DeviceError);
      expect(await device.list()).toHaveLength(before);
    });

    test('the server’s own certificate is enough to know it', async () => {
      const { facts } = await open({ serverCaCertPath: null, serverCertPath: pykmip.server.certPath });
      expect(facts.serial).toBe(sha256Hex(new X509Certificate(pykmip.server.certPem).raw));
    });

    test('a server of an authority that is not named is not believed, by name or by pin', async () => {
      const other = testAuthority(folder, 'other');
      for (const [more, code] of [
        [{ serverCaCertPath: other.certPath }, 'PEER_UNTRUSTED'],
        [{ serverCaCertPath: null }, 'PEER_UNTRUSTED'],
        [{ serverCertPath: other.certPath }, 'PEER_CHANGED'],
      ] as const)
        await expect(open(more)).rejects.toMatchObject({ trouble: 'misconfigured', code });
      await open({ insecure: true, serverCaCertPath: null });
    });

    test('a client certificate that the server does not know, and none', async () => {
      const stranger = testAuthority(folder, 'strangers').issue('stranger', 'clientAuth');
      for (const client of [
        { clientCertPath: stranger.certPath, clientCertPrivateKeyPath: stranger.keyPath },
        { clientCertPath: null, clientCertPrivateKeyPath: null },
      ])
        await expect(open(client)).rejects.toMatchObject({
          trouble: 'misconfigured',
          message: expect.stringMatching(/client certificate/),
        });
    });

    test('another client sees no key of this one', async () => {
      const { device } = await open();
      const { handle, spkiDer } = await device.create({ algorithm: 'rsa-2048', label: '' });
      const client = pykmip.authority.issue('somebody-else', 'clientAuth');
      const paths = { clientCertPath: client.certPath, clientCertPrivateKeyPath: client.keyPath };
      const { device: elsewhere } = await open(paths);
      expect(await elsewhere.find(spkiDer)).toBeNull();
      await expect(elsewhere.sign(handle, 'rsa-2048', DATA)).rejects.toBeInstanceOf(DeviceError);
      // Destroying what is not there for this client takes nothing away from the other.
      await elsewhere.destroy(handle, null).catch(() => undefined);
      expect((await device.sign(handle, 'rsa-2048', DATA)).length).toBe(256);
    });

    test('it stops and comes back: the same device goes on', async () => {
      const { device } = await open();
      const { handle, spkiDer } = await device.create({ algorithm: 'rsa-2048', label: '' });
      await pykmip.stop();
      await expect(device.sign(handle, 'rsa-2048', DATA)).rejects.toMatchObject({ trouble: 'unreachable' });
      pykmip = await startPykmip(folder, pykmip.port);
      // It has new certificates: the device reads its files again when it is opened.
      await device.close();
      const again = kmipDevice(pykmip.settings());
      await again.open(signal);
      const signature = await again.sign(handle, 'rsa-2048', DATA);
      expect(signatureHolds('rsa-2048', spkiDer, DATA, signature)).toBe(true);
    });
  },
);
